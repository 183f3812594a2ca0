import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import { loadAside, type Runnable } from './load-in-thread.js';
import { changes, type WatchOptions } from './watch.js';

/** The rules in force, and what keeps newer ones from being so. Times in milliseconds; it travels as JSON. */
export interface RulesState {
  readonly rules: number;
  readonly loadedAt: Instant;
  /** Null when the files hold what is in force. */
  readonly problem: {
    readonly since: Instant;
    /** `file:line:column: message`, one for each fault. */
    readonly faults: readonly string[];
  } | null;
}

export interface Reloader {
  state(): RulesState;
  /**
   * Reads configuration and rules again. Both are checked whole before anything is swapped: with any fault, the last
   * good set stays. Rejects never.
   */
  reload(why: string): Promise<void>;
}

export interface ReloadOptions {
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As it was read at the start. */
  readonly project: Runnable;
  /** Puts a set into force, between two events. */
  readonly swap: (set: CompiledSet) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often the log says again that the files are broken. */
const REMIND_EVERY = 10 * MINUTE;

export function createReloader({ configFile, env, project, swap, clock, logger }: ReloadOptions): Reloader {
  let rules = project.set.rules.length;
  let loadedAt = clock();
  let problem: RulesState['problem'] = null;
  let turn: Promise<void> = Promise.resolve();

  const refuse = (faults: readonly string[]): void => {
    problem = { since: problem?.since ?? clock(), faults };
    logger.error(
      { faults },
      'the changed rules are not used: they have faults. Those read before stay in force',
    );
  };

  async function once(why: string): Promise<void> {
    const loaded = await loadAside({ file: configFile, env });
    if (!loaded.ok) {
      refuse(loaded.findings.filter(({ severity }) => severity === 'error').map(lineOf));
      return;
    }
    const changed = changedKeys(project.config, loaded.value.config);
    if (changed.includes('accounts')) {
      refuse([
        `${configFile}: accounts changed, and rules are checked against them: start the program again`,
      ]);
      return;
    }
    const isMended = problem !== null;
    swap(loaded.value.set);
    rules = loaded.value.set.rules.length;
    loadedAt = clock();
    problem = null;
    logger.info({ why, rules, mended: isMended }, 'rules and calendars were read again');
    if (changed.length > 0)
      logger.warn({ keys: changed }, 'these keys of the configuration count from the next start');
  }

  return {
    state: () => ({ rules, loadedAt, problem }),
    reload(why) {
      turn = turn.then(() => once(why)).catch((error: unknown) => refuse([String(error)]));
      return turn;
    },
  };
}

/** Reloads whenever a file changes, and says again and again that one is broken, until the signal is aborted. */
export async function keepReloading(
  reloader: Reloader,
  files: () => readonly string[],
  { signal, every, logger }: WatchOptions & { readonly logger: Logger },
): Promise<void> {
  const reminder = setInterval(() => {
    const { problem } = reloader.state();
    if (problem)
      logger.error({ faults: problem.faults }, 'the changed rules are still not used: they have faults');
  }, REMIND_EVERY);
  const looks = changes(files, { signal, ...(every === undefined ? {} : { every }) });
  while ((await looks.next()).done !== true) await reloader.reload('a file changed');
  clearInterval(reminder);
}

/** Keys of the configuration that a reload does not put into force. Rules and calendars are what it is for. */
function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = Object.keys(before) as (keyof Config)[];
  return keys
    .filter((key) => key !== 'calendars' && key !== 'rulesPath')
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

function lineOf({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}
