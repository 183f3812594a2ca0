import { afterBoth } from './pages.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import { deliveriesOf, unreadableEvents } from './unreadable.js';
import type { Bounds, WalkParts } from './walk-parts.js';
import type { NewEvent, PollStore } from '../store/ports/polls.js';

/**
 * The events of a page that are not in the journal yet. Statuses of our own sends in the rows are recorded.
 */
export async function newEvents<Row extends SourceRow>(
  source: Source<Row>,
  page: SourcePage<Row>,
  { floors, lowest, platforms }: Bounds,
  parts: WalkParts,
): Promise<NewEvent[]> {
  const { store, known, seen, clock, onEnded, signal } = parts;
  const near = page.rows.filter((row) => row.at >= (floors.get(row.platform) ?? Infinity));
  const damaged = page.unreadable.filter(({ at }) => at === null || at >= lowest);
  // With a send in progress, the same rows may give new information: only now it may be known which of them
  // is the send.
  const mayRely = !known.hasOpenWork && damaged.length === 0;
  if ((near.length === 0 && damaged.length === 0) || (mayRely && seen.has(source.resource, near))) return [];
  const told = [...near.map((row) => row.delivery), ...deliveriesOf(damaged, `POST /v2/${source.resource}`)];
  const delivered = store.recordDeliveries(told, clock()).then((ended) => ended.forEach(onEnded));
  const fresh = (await afterBoth(delivered, unread(source, near, store))) ?? [];
  const events = fresh.length === 0 ? [] : await source.toEvents(fresh, () => false, signal);
  // New rows are not stored yet. All other rows are stored, or belong to accounts that are not configured.
  if (mayRely && events.length === 0 && areSure(fresh, parts)) seen.add(source.resource, near);
  return [...events, ...(await unreadableEvents(source, damaged, platforms, parts))];
}

/** True if rows without an event certainly belong to accounts that are not configured. */
function areSure(fresh: readonly SourceRow[], { areAllListed }: WalkParts): boolean {
  return fresh.length === 0 || (areAllListed?.() ?? true);
}

export async function unread<Row extends SourceRow>(
  { resource }: Source<Row>,
  rows: readonly Row[],
  store: PollStore,
): Promise<Row[]> {
  const held = await store.journalled(
    resource,
    rows.map((row) => row.id),
  );
  return rows.filter((row) => !held.has(row.id));
}
