import { MINUTE } from '../domain/time.js';
import type { Logger } from '../log/logger.js';

/** Interval of the log line about broken files. */
export const REMIND_EVERY = 10 * MINUTE;

/** Errors in files that changed, and the workspaces that keep their previous rules because of them. */
export interface ReloadFaults {
  /** `file:line:column: message`, one for each error. */
  readonly faults: readonly string[];
  /** Names of the workspaces with errors. */
  readonly names: readonly string[];
  /** Number of workspaces in the configuration. */
  readonly of: number;
}

const ALL = {
  first: 'reload failed; the previous rules stay active',
  again: 'the changed rules still have errors; the previous rules stay active',
};
const SOME = {
  first:
    'reload failed for the workspaces named here; their previous rules stay active, all others are not affected',
  again:
    'the changed rules of the workspaces named here still have errors; their previous rules stay active, all others are not affected',
};

/** Maximum number of names in one log line. */
const MOST_NAMED = 20;

/** Logs the errors, with the workspaces that have them unless that is every workspace. */
export function logFaults(
  logger: Logger,
  { faults, names, of }: ReloadFaults,
  when: 'first' | 'again',
): void {
  if (faults.length === 0) return;
  if (names.length === 0 || names.length >= of) {
    logger.error({ faults }, ALL[when]);
    return;
  }
  const more = names.length > MOST_NAMED ? { more: names.length - MOST_NAMED } : {};
  logger.error({ workspaces: names.slice(0, MOST_NAMED), ...more, faults }, SOME[when]);
}
