import type { Platform } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/time.js';
import type { Store } from '../../src/store/store.js';
import type { Resource, PollState } from '../../src/store/ports/polls.js';

/** What a poll that begins now would know. No call is counted. */
export async function knownTo(store: Store): Promise<PollState> {
  return store.beginPoll({ routes: [], since: 0 }, 0, () => []);
}

/** Until when each platform of a list was read. */
export async function marksOf(store: Store, resource: Resource): Promise<ReadonlyMap<Platform, Instant>> {
  return (await knownTo(store)).watermarks[resource] ?? new Map<Platform, Instant>();
}
