import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import type { Source, SourcePage, SourceRow } from './source.js';

/**
 * Error about a list whose pages lead nowhere. None of its rows are decided, because older rows may still be
 * unread.
 */
export class WalkError extends Error {
  override readonly name = 'WalkError';

  constructor(resource: string, problem: string) {
    super(`the pages of GET /v2/${resource} ${problem}; nothing of it is decided until they end`);
  }
}

/** Checks that the pages of a walk lead from the newest row to the oldest, and returns where to continue. */
export interface PageGuard {
  /**
   * The page token to continue with; null if the walk is past `floor`. Throws WalkError if the pages lead
   * nowhere.
   */
  next(page: SourcePage<SourceRow>): string | null;
}

/** Creates a guard; `from` is the page token of the first page. */
export function createPageGuard(
  { resource }: Pick<Source, 'resource'>,
  floor: Instant,
  from: string | null,
): PageGuard {
  const asked = new Set<string>(from === null ? [] : [from]);
  /**
   * Ids of the rows on the latest pages. Ids of older pages would grow without bound, and a page that repeats
   * old rows makes no progress anyway.
   */
  const latest: (readonly string[])[] = [];
  let asking = from;
  let oldestAt = Infinity;
  let stalled = 0;
  let empty = 0;

  function measure({ rows, unreadable }: SourcePage<SourceRow>): void {
    const ids = [...rows.map(({ id }) => id), ...unreadable.map(({ digest }) => `unreadable ${digest}`)];
    const seen = new Set(latest.flat());
    const isRepeated = ids.length > 0 && ids.every((id) => seen.has(id));
    latest.push(ids);
    if (latest.length > LIMITS.pagesWithoutProgress) latest.shift();
    const pageOldest = Math.min(...timesOf(rows, unreadable));
    empty = ids.length === 0 ? empty + 1 : 0;
    stalled = pageOldest < oldestAt ? 0 : stalled + 1;
    oldestAt = Math.min(oldestAt, pageOldest);
    if (isRepeated) throw new WalkError(resource, 'repeat themselves under another cursor');
    if (empty > LIMITS.emptyPages) {
      throw new WalkError(resource, `are empty, ${empty} in a row, and each names a cursor`);
    }
    if (stalled >= LIMITS.pagesWithoutProgress) {
      throw new WalkError(resource, `do not get older, ${stalled} in a row, and each names a cursor`);
    }
  }

  return {
    next(page) {
      const { rows, unreadable, pageToken } = page;
      if (pageToken === null || isPast(page, floor)) return null;
      // A list that ends with an empty page may return the token of that page again.
      if (rows.length + unreadable.length === 0 && pageToken === asking) return null;
      if (asked.has(pageToken)) {
        throw new WalkError(resource, 'lead back to a page that was read already: its cursor names it again');
      }
      measure(page);
      asked.add(pageToken);
      asking = pageToken;
      return pageToken;
    },
  };
}

/** The page token to continue with, and the error if the pages lead nowhere. */
export function nextOf(
  guard: PageGuard,
  page: SourcePage<SourceRow>,
): { readonly next: string | null; readonly wrong: WalkError | null } {
  try {
    return { next: guard.next(page), wrong: null };
  } catch (error) {
    if (!(error instanceof WalkError)) throw error;
    return { next: null, wrong: error };
  }
}

/** Error of a list with more pages than a walk reads. */
export function tooLong({ resource }: Pick<Source, 'resource'>): WalkError {
  return new WalkError(resource, `are more than ${LIMITS.pagesPerWalk}; the next poll continues there`);
}

/**
 * Returns the result of the second promise. Waits for both, so that nothing keeps running after an error; an
 * error of the first promise has precedence.
 */
export async function afterBoth<T>(one: Promise<unknown>, other: Promise<T> | null): Promise<T | null> {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return second.value;
}

/**
 * True if everything after the page is older than `floor`. The last row alone does not decide, since it may
 * be out of order: on an ordered page two rows have to be older, on any other all of them.
 */
function isPast({ rows, unreadable }: SourcePage<SourceRow>, floor: Instant): boolean {
  const times = timesOf(rows, unreadable);
  const past = times.filter((at) => at < floor).length;
  const isInOrder = rows.every(({ at }, n) => n === 0 || at <= (rows[n - 1]?.at ?? Infinity));
  return past > 0 && past >= (isInOrder ? Math.min(2, times.length) : times.length);
}

function timesOf(...lists: readonly (readonly { readonly at: Instant | null }[])[]): Instant[] {
  return lists.flat().flatMap(({ at }) => (at === null ? [] : [at]));
}
