import { BlotatoError } from '../blotato/errors.js';
import type { Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import { firstStart } from './first-start.js';
import { newEvents } from './new-events.js';
import { afterBoth, createPageGuard, nextOf, tooLong } from './pages.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import { FROM_NEWEST, NO_WATERMARKS, type Walked, type WalkParts, type Watermarks } from './walk-parts.js';

/**
 * Reads what is new in one list, for all its platforms at once, and moves their watermarks. Rows are ordered
 * newest first. A walk goes back past every watermark minus the overlap, and rows that are not in the journal
 * are new: so rows with equal times, or rows that appear late within the overlap, are read exactly once.
 * The watermarks move only when the walk is complete. An interrupted walk saves a resume token and continues
 * there the next time; until it is complete its rows are not decided, since older messages may still be unread,
 * except those of conversations that are read alone meanwhile (early.ts).
 * Throws the errors of the API client, and WalkError if the pages lead nowhere or are too many for one poll;
 * rows read so far are kept.
 */
export async function walk<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  parts: WalkParts,
): Promise<Walked> {
  const watermarks = parts.known.watermarks[source.resource] ?? NO_WATERMARKS;
  const known = platforms.filter((each) => watermarks.has(each));
  const unknown = platforms.filter((each) => !watermarks.has(each));
  if (known.length === 0) return firstStart(source, unknown, watermarks, parts);
  const caughtUp = await catchUp(source, known, watermarks, parts);
  // A completed walk includes the first start. An incomplete walk continues first; otherwise its rows would
  // be decided half read.
  if (unknown.length === 0 || caughtUp.ends.length === 0) return caughtUp;
  const moved = new Map([...watermarks, ...caughtUp.ends.flatMap((end) => [...end.watermarks])]);
  const first = await firstStart(source, unknown, moved, parts);
  return { added: caughtUp.added + first.added, ends: [...caughtUp.ends, ...first.ends] };
}

async function catchUp<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  watermarks: Watermarks,
  parts: WalkParts,
): Promise<Walked> {
  const { store, settings, apiNow, signal } = parts;
  const floors = new Map(platforms.map((each) => [each, watermarkOf(watermarks, each) - settings.overlap]));
  const lowest = Math.min(...floors.values());
  const bounds = { floors, lowest, platforms };
  const first = await firstPage(source, platforms, parts);
  const guard = createPageGuard(source, lowest, first.token);
  let { page, newestAt } = first;
  let added = 0;
  let storing: Promise<unknown> = Promise.resolve();

  try {
    for (let pages = 1; ; pages += 1) {
      newestAt = Math.max(newestAt, ...page.rows.map((row) => row.at));
      const { next, wrong } = nextOf(guard, page);
      // A long backlog has many pages: the next page is read, and the page before stored, while this page becomes
      // events.
      const isLast = next === null || pages >= LIMITS.pagesPerWalk;
      const ahead = isLast ? null : source.page(platforms, next, signal);
      // After an error rows read so far are kept, and the walk stays open, so that none of them are decided. It
      // starts at the newest row again, since a cursor that led nowhere may do so for ever.
      const resumeToken = wrong === null ? next : FROM_NEWEST;
      const rest = resumeToken === null ? null : { platforms, resumeToken, newestAt };
      const found = newEvents(source, page, bounds, parts);
      const begun = afterBoth(storing, found).then((events) => {
        if (events === null || (events.length === 0 && !rest)) return;
        storing = store
          .recordPage(source.resource, events, rest)
          .then((more) => (added += more))
          .then(() => (ahead === null ? undefined : parts.onOpenPage?.({ source, bounds, pages })));
        // Thrown where it is awaited: at the next page, or at the end.
        storing.catch(() => undefined);
      });
      const following = await afterBoth(begun, ahead);
      if (following === null) await storing;
      if (wrong !== null) throw wrong;
      if (next === null) {
        // Everything up to its newest row was read, for all requested platforms: all watermarks move there.
        const reached = Math.min(newestAt, apiNow());
        const moved = new Map(
          platforms.map((each) => [each, Math.max(watermarkOf(watermarks, each), reached)]),
        );
        return { added, ends: [{ resource: source.resource, watermarks: moved, at: first.readTo }] };
      }
      if (following === null) throw tooLong(source);
      page = following;
    }
  } finally {
    await Promise.allSettled([storing]);
  }
}

interface FirstPage<Row extends SourceRow> {
  readonly page: SourcePage<Row>;
  /** Page token with which the page was requested. */
  readonly token: string | null;
  readonly newestAt: Instant;
  readonly readTo: Instant;
}

/**
 * Continues an interrupted walk if it was for the same platforms; otherwise starts with the newest page, also
 * if the API no longer accepts the page token. `readTo`: everything written until then is part of the walk.
 * The walk stays open until it is complete, so that nothing is decided half read.
 */
async function firstPage<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  { known, clock, signal }: WalkParts,
): Promise<FirstPage<Row>> {
  const open = known.walks[source.resource];
  if (open && open.resumeToken !== FROM_NEWEST && isSameSet(open.platforms, platforms)) {
    try {
      const { resumeToken, newestAt } = open;
      const page = await source.page(platforms, resumeToken, signal);
      return { page, token: resumeToken, newestAt, readTo: newestAt };
    } catch (error) {
      if (!(error instanceof BlotatoError && [400, 404, 422].includes(error.status))) throw error;
    }
  }
  const readTo = clock();
  const page = await source.page(platforms, null, signal);
  return { page, token: null, newestAt: -Infinity, readTo };
}

function watermarkOf(watermarks: Watermarks, platform: Platform): Instant {
  return watermarks.get(platform) ?? 0;
}

function isSameSet(some: readonly Platform[], others: readonly Platform[]): boolean {
  return [...some].sort().join() === [...others].sort().join();
}
