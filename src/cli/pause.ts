import { formatInstant } from '../domain/time.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { print, printJson } from './output.js';
import { durationOf } from './parse.js';
import { type CommonOptions, configOf } from './project.js';

export interface PauseOptions extends CommonOptions {
  readonly account?: string;
  readonly conversation?: string;
  readonly contact?: string;
  readonly for?: string;
}

/**
 * `pause`: pauses automatic replies everywhere or for an account, a conversation or a contact, for a time or
 * until `resume`.
 */
export async function pause(options: PauseOptions): Promise<void> {
  const scope = scopeOf(options);
  const until = options.for === undefined ? null : Date.now() + durationOf('--for', options.for);
  await perform({ do: 'pause', scope, until }, options);
  if (options.json) printJson({ scope, until: until === null ? null : formatInstant(until) });
  else
    print(
      `${scope}: paused ${until === null ? 'until `autoresponder resume`' : `until ${formatInstant(until)}`}`,
    );
}

/**
 * `resume`: ends a pause, for a contact also the pause after a human wrote, and prints which; exits with 1 if
 * there was none.
 */
export async function resume(options: PauseOptions): Promise<void> {
  const scope = scopeOf(options);
  const { humanPause } = configOf(options).guards;
  const result = await perform({ do: 'resume', scope, humanPause }, options);
  const { resumed, humans } = 'resumed' in result ? result : { resumed: false, humans: [] };
  if (options.json) printJson({ scope, resumed, humans });
  else if (!resumed) print(`${scope}: was not paused`);
  else {
    const ended =
      humans.length === 0 ? '' : `; also ended: the pause after a human wrote from ${humans.join(', ')}`;
    print(`${scope}: no longer paused${ended}`);
  }
  if (!resumed) throw new Exit(1);
}

function scopeOf(options: PauseOptions): string {
  const { account, conversation, contact } = options;
  const given = Object.entries({ account, conversation, contact }).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw new Exit(1, 'give one of --account, --conversation, --contact, or none for everything');
  const [only] = given;
  if (!only) return 'all';
  if (account !== undefined && !configOf(options).accounts.some((each) => each.name === account)) {
    throw new Exit(
      1,
      `--account is "${account}"; the configuration has: ${configOf(options)
        .accounts.map((each) => each.name)
        .join(', ')}`,
    );
  }
  return `${only[0]}:${only[1] ?? ''}`;
}
