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
  /** True if the rules are active, and only their FAQ tables are older versions. @default false */
  readonly isTables?: boolean;
}

/** The result of a reload. */
export interface Reloaded extends ReloadFaults {
  readonly why: string;
  /** Number of active rules, and of the workspaces that they were activated for. @default 0 */
  readonly rules?: number;
  readonly activated?: number;
  /** True if only the list of watched files changed: with the same errors, the result was logged already. @default false */
  readonly isRecheck?: boolean;
}

/** Logs each result of a reload in one line, and the errors again as a reminder. `faults` are those of the start. */
export function createFaultLog(logger: Logger, start: ReloadFaults) {
  let last = once(start);
  return {
    report({ why, rules, activated = 0, isRecheck = false, ...read }: Reloaded): void {
      const found = once(read);
      const isSame = JSON.stringify(found.faults) === JSON.stringify(last.faults);
      const fixed = last.faults.length > found.faults.length;
      last = found;
      if (isSame && isRecheck) return;
      if (found.faults.length > 0 && !(isSame && activated > 0))
        logFaults(logger, found, isSame ? 'again' : 'first');
      else if (activated > 0)
        logger.info({ why, rules, fixed, workspaces: activated }, 'rules and calendars reloaded');
    },
    remind: (): void => logFaults(logger, last, 'again'),
  };
}

/** The same error may be that of several workspaces. */
function once(found: ReloadFaults): ReloadFaults {
  return { ...found, faults: [...new Set(found.faults)] };
}

const TABLES = {
  first: 'rules and calendars reloaded, but FAQ tables have errors; their last good versions are active',
  again: 'FAQ tables still have errors; their last good versions are active',
};
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
  { faults, names, of, isTables = false }: ReloadFaults,
  when: 'first' | 'again',
): void {
  if (faults.length === 0) return;
  if (isTables) {
    logger.error({ faults }, TABLES[when]);
    return;
  }
  if (names.length === 0 || names.length >= of) {
    logger.error({ faults }, ALL[when]);
    return;
  }
  const more = names.length > MOST_NAMED ? { more: names.length - MOST_NAMED } : {};
  logger.error({ workspaces: names.slice(0, MOST_NAMED), ...more, faults }, SOME[when]);
}
