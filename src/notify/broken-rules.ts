import type { Notice } from '../domain/notice.js';
import type { Instant } from '../domain/time.js';
import type { OwnerStore } from '../store/ports/owner.js';

/** Errors of changed rule files, and the time since when this process knows of some. */
export interface BrokenRules {
  readonly since: Instant;
  readonly faults: readonly string[];
}

/** Prefix of the keys of rows that record a repair; they are sent to nobody. */
const REPAIRED = 'repaired ';

/**
 * Creates the notice about changed rule files with errors: one from the first error until a repair. Each worker finds
 * errors and repairs at a time of its own, so the store records the repairs, and the key of a notice is that of the last
 * repair before its error.
 */
export function createBrokenRules(store: Pick<OwnerStore, 'noticesOf'>) {
  let first: BrokenRules | null = null;
  let isKnownFine = false;
  return async (broken: BrokenRules | null, now: Instant): Promise<readonly Notice[]> => {
    if (broken === null && isKnownFine) return [];
    const rows = await store.noticesOf('broken_rules');
    const repairs = rows.filter(({ key }) => key.startsWith(REPAIRED)).map(({ at }) => at);
    const before = first;
    isKnownFine = broken === null;
    if (broken === null) {
      first = null;
      return rows.length > 0 && rows.at(-1)?.key.startsWith(REPAIRED) !== true ? [repairAt(now)] : [];
    }
    if (before?.since === broken.since) return [noticeOf(before, repairs)];
    first = broken;
    // The errors ended and others began between two runs.
    const isMissed = before !== null && repairs.every((at) => at <= before.since);
    const missed = isMissed ? [repairAt(Math.min(now, broken.since - 1))] : [];
    return [...missed, noticeOf(broken, [...repairs, ...missed.map(({ at }) => at)])];
  };
}

function repairAt(at: Instant): Notice {
  return { kind: 'broken_rules', key: `${REPAIRED}${at}`, at, text: '', fix: '' };
}

function noticeOf({ since: at, faults }: BrokenRules, repairs: readonly Instant[]): Notice {
  const last = Math.max(0, ...repairs.filter((repair) => repair <= at));
  const text = `Changed rule files have errors, and the previous rules stay active: ${faults[0] ?? ''}`;
  return { kind: 'broken_rules', key: `after ${last}`, at, text, fix: 'Run `autoresponder check`.' };
}
