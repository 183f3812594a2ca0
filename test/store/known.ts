import type { Platform } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/time.js';
import { DAY } from '../../src/domain/time.js';
import type { Reports } from '../../src/store/ports/reports.js';
import type { Store } from '../../src/store/ports/store.js';
import type { Resource, PollState } from '../../src/store/ports/polls.js';

/** The poll state at the start of a poll. No call is counted. */
export async function knownTo(store: Store): Promise<PollState> {
  return store.beginPoll({ routes: [], since: 0 }, 0, () => []);
}

/** The watermark of each platform of a list. */
export async function marksOf(store: Store, resource: Resource): Promise<ReadonlyMap<Platform, Instant>> {
  return (await knownTo(store)).watermarks[resource] ?? new Map<Platform, Instant>();
}

/** The number of requests of a route that the store has counted. */
export async function callsOf(store: Store, route: string, since: Instant = 0): Promise<number> {
  const { calls } = await store.beginPoll({ routes: [route], since }, since, () => []);
  return calls.get(route) ?? 0;
}

/**
 * The figures of funnels of a day and after, from the counts that the store keeps, and the same from the runs: only whole
 * days are read from the counts.
 */
export async function funnelsOf(
  day: Instant,
  { funnels, funnelShapes }: Pick<Reports, 'funnels'> & Partial<Pick<Reports, 'funnelShapes'>>,
): Promise<{ readonly counted: unknown; readonly fromRuns: unknown }> {
  const begins = Math.floor(day / DAY) * DAY;
  const [counted, fromRuns] = await Promise.all(
    [begins, begins + 1].map(async (since) => [await funnels(since), await funnelShapes?.(since)]),
  );
  return { counted, fromRuns };
}
