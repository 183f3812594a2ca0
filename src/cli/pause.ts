import { LIMITS } from '../domain/limits.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { asCalled, print, printJson, say } from './output.js';
import { durationOf } from './parse.js';
import { contactsOf } from './known-contact.js';
import { type CommonOptions, configOf, withReader } from './project.js';
import { waitLine } from './troubled-text.js';

/** Number of open handoffs among which those of the contact are looked up. */
const MOST_HANDOFFS = 1_000;

export interface PauseOptions extends CommonOptions {
  readonly account?: string;
  readonly conversation?: string;
  readonly contact?: string;
  readonly for?: string;
  /** True for a contact or a conversation that the store does not know yet. */
  readonly unseen?: boolean;
}

/**
 * `pause`: pauses automatic replies everywhere or for an account, a conversation or a contact, for a time or
 * until `resume`.
 */
export async function pause(options: PauseOptions): Promise<void> {
  const scope = scopeOf(options);
  const until = options.for === undefined ? null : Date.now() + durationOf('--for', options.for);
  if (!options.unseen) await checkKnown(options, ', or add --unseen to pause one that has not written yet');
  await perform({ do: 'pause', scope, until }, options);
  const { workspace } = configOf(options);
  if (options.json) {
    printJson({ workspace, scope, until: until === null ? null : formatInstant(until) });
    return;
  }
  const ending = commandOf(`resume${flagOf(scope)}`, workspace);
  const end = until === null ? `until \`${ending}\`` : `until ${formatInstant(until)}`;
  print(asCalled(`${placeOf(scope, workspace)}: paused ${end}`));
  const list = commandOf('journal --reason paused', workspace);
  say(
    `Messages that arrive during the pause are read, and get no reply after it either: \`${list}\` lists them.`,
  );
}

/**
 * `resume`: ends a pause, for a contact also the pause after a human wrote, and prints which; exits with 1 if
 * there was none.
 */
export async function resume(options: PauseOptions): Promise<void> {
  const scope = scopeOf(options);
  const { workspace, guards } = configOf(options);
  const result = await perform({ do: 'resume', scope, humanPause: guards.humanPause }, options);
  const { resumed, humans } = 'resumed' in result ? result : { resumed: false, humans: [] };
  if (!resumed) await checkKnown(options);
  if (options.json) printJson({ workspace, scope, resumed, humans });
  else if (!resumed) print(`${placeOf(scope, workspace)}: was not paused`);
  else {
    const ended =
      humans.length === 0 ? '' : `; also ended: the pause after a human wrote from ${humans.join(', ')}`;
    print(`${placeOf(scope, workspace)}: no longer paused${ended}`);
    const list = commandOf(humans.length === 0 ? 'journal --reason paused' : 'journal', workspace);
    say(`Messages that arrived during the pause stay without a reply: \`${list}\` lists them.`);
    await sayWhoWaits(options);
  }
  if (!resumed) throw new Exit(1);
}

/** The end of a pause does not end a handoff. */
async function sayWhoWaits({ contact, ...options }: PauseOptions): Promise<void> {
  if (contact === undefined) return;
  await withReader(options, async (store) => {
    const open = await store.openHandoffs(Date.now() - LIMITS.handoffShown, MOST_HANDOFFS);
    for (const each of open.filter(({ contactId }) => contactId === contact))
      say(`${waitLine(each)}, until you reply or press *Done* in the dashboard.`);
  });
}

/** Throws Exit if the store has no such contact or conversation: a mistyped id would pause nobody. */
async function checkKnown({ contact, conversation, ...options }: PauseOptions, more = ''): Promise<void> {
  if (contact === undefined && conversation === undefined) return;
  await withReader(options, async (store) => {
    if (contact !== undefined) await contactsOf(contact, store, more);
    else if ((await store.conversationPeople(conversation ?? '')) === null)
      throw new Exit(
        1,
        `the journal has no conversation "${plain(conversation ?? '')}"; fix: take the \`conversationId\` of a message in \`autoresponder journal --json\`${more}`,
      );
  });
}

/** The scope as printed; with the workspace if there are several. */
function placeOf(scope: string, workspace: string): string {
  return workspace === ONLY_WORKSPACE ? scope : `${scope} of ${workspace}`;
}

function commandOf(command: string, workspace: string): string {
  return `autoresponder ${command}${workspace === ONLY_WORKSPACE ? '' : ` --workspace ${workspace}`}`;
}

/** The option that names the scope. */
function flagOf(scope: string): string {
  const [kind = '', ...id] = scope.split(':');
  return id.length === 0 ? '' : ` --${kind} ${id.join(':')}`;
}

function scopeOf(options: PauseOptions): string {
  const { account, conversation, contact } = options;
  const given = Object.entries({ account, conversation, contact }).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw new Exit(
      1,
      'two scopes are given; fix: give one of --account, --conversation, --contact, or none for everything',
    );
  const [only] = given;
  if (!only) return 'all';
  if (account !== undefined && !configOf(options).accounts.some((each) => each.name === account)) {
    throw new Exit(
      1,
      `--account is "${account}"; fix: write one of ${configOf(options)
        .accounts.map((each) => each.name)
        .join(', ')}`,
    );
  }
  return `${only[0]}:${only[1] ?? ''}`;
}
