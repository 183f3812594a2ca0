import type { Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import { unread } from './new-events.js';
import { createPageGuard } from './pages.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import { unreadableEvents } from './unreadable.js';
import { FROM_NEWEST, type Walked, type WalkParts, type Watermarks } from './walk-parts.js';
import type { NewEvent } from '../store/ports/polls.js';

/**
 * The newest row becomes the watermark. Rows in the overlap are journalled as older than the start, so that
 * none gets a reply later.
 */
export async function firstStart<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  watermarks: Watermarks,
  parts: WalkParts,
): Promise<Walked> {
  const { store, settings, clock, apiNow, signal } = parts;
  const readTo = clock();
  let page: SourcePage<Row> = await source.page(platforms, null, signal);
  // Computed after the first response, which provides the API's clock.
  const startedAt = apiNow();
  const mark = firstWatermark(page.rows, watermarks, startedAt);
  const answeredFrom = settings.lookback > 0 ? startedAt - settings.lookback : Infinity;
  // Relative to the watermark, not to the newest row, which may be dated in the future: the next walk goes
  // back to this point.
  const floor = Math.min(mark - settings.overlap, answeredFrom);
  const guard = createPageGuard(source, floor, null);
  const from = { platforms, floor, answeredFrom };
  // While the walk is open, none of its rows are decided. It always restarts at the newest row.
  const open = { platforms, resumeToken: FROM_NEWEST, newestAt: mark };
  let added = 0;
  // Stopping before the floor would lose the rows in between: unread rows would be older than the watermark,
  // and never new.
  for (let pages = 1; ; pages += 1) {
    const events = await startEvents(source, page, from, parts);
    const next = guard.next(page);
    added += await store.recordPage(source.resource, events, next === null ? null : open);
    if (next === null) break;
    if (pages % LIMITS.pagesPerWalk === 0) parts.onLongStart?.(source.resource, pages);
    page = await source.page(platforms, next, signal);
  }
  return {
    added,
    ends: [
      { resource: source.resource, watermarks: new Map(platforms.map((each) => [each, mark])), at: readTo },
    ],
  };
}

/** The events of a page of a first start. Each page is stored alone: a lookback may cover a million rows. */
async function startEvents<Row extends SourceRow>(
  source: Source<Row>,
  page: SourcePage<Row>,
  { platforms, floor, answeredFrom }: StartBounds,
  parts: WalkParts,
): Promise<NewEvent[]> {
  const isNear = ({ at }: { readonly at: Instant | null }): boolean => at === null || at >= floor;
  const fresh = await unread(source, page.rows.filter(isNear), parts.store);
  const events = await source.toEvents(fresh, (row) => row.at < answeredFrom, parts.signal);
  // A row that becomes readable later still counts as older than the start.
  const damaged = await unreadableEvents(source, page.unreadable.filter(isNear), platforms, parts);
  return [...events, ...damaged.map((each) => ({ ...each, beforeStart: each.event.at < answeredFrom }))];
}

interface StartBounds {
  readonly platforms: readonly Platform[];
  /** Time before which no rows are read. */
  readonly floor: Instant;
  /** Time before which rows get no reply. */
  readonly answeredFrom: Instant;
}

/**
 * The initial watermark. A platform that was quiet for long starts at the watermark of a busier one: starting
 * at its own newest row, the next walk would go through everything that the busy one wrote since. On an empty
 * list, every later row is new.
 */
function firstWatermark(rows: readonly SourceRow[], watermarks: Watermarks, startedAt: Instant): Instant {
  const newest = rows.length === 0 ? startedAt : Math.max(...rows.map((row) => row.at));
  // A row dated in the future would move the watermark past messages still to come.
  return Math.min(startedAt, Math.max(newest, ...watermarks.values()));
}
