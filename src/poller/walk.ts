import { BlotatoError } from '../blotato/errors.js';
import { isPlatform, type Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant, Millis } from '../domain/time.js';
import type { NewEvent, Store } from '../store/store.js';
import type { Source, SourcePage, SourceRow } from './source.js';

export interface WalkSettings {
  readonly overlap: Millis;
  /** How far the very first start looks back; 0: it answers nothing older than itself. */
  readonly lookback: Millis;
}

export interface WalkParts {
  readonly store: Store;
  readonly settings: WalkSettings;
  /** The present by the API's clock. */
  readonly apiNow: () => Instant;
  readonly signal: AbortSignal;
}

/**
 * Reads what is new in one list, for all its platforms at once, and moves their marks.
 *
 * Rows come newest first. A walk goes back until it is past every mark minus the overlap, and what the journal does
 * not hold is new: so rows that tie in time, or that show up late inside the overlap, are read once. The marks move
 * only when the walk is whole. A walk cut short keeps its page token and goes on there the next time; until it is
 * whole nothing of it is decided, since older messages may still be unread.
 *
 * Returns how many events are new. Throws what the API client throws; what was read until then is kept.
 */
export async function walk<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  parts: WalkParts,
): Promise<number> {
  const marks = await parts.store.marks(source.resource);
  let added = 0;
  for (const platform of platforms.filter((each) => !marks.has(each))) {
    added += await firstStart(source, platform, parts);
  }
  const known = platforms.filter((each) => marks.has(each));
  return known.length === 0 ? added : added + (await catchUp(source, known, marks, parts));
}

/** The newest row becomes the mark. Rows in the overlap are journalled as older than the start, so that none is answered later. */
async function firstStart<Row extends SourceRow>(
  source: Source<Row>,
  platform: Platform,
  { store, settings, apiNow, signal }: WalkParts,
): Promise<number> {
  const startedAt = apiNow();
  const answeredFrom = settings.lookback > 0 ? startedAt - settings.lookback : Infinity;
  const rows: Row[] = [];
  let next: string | null = null;
  for (let pages = 0; pages < LIMITS.pagesPerWalk; pages += 1) {
    const page: SourcePage<Row> = await source.page([platform], next, signal);
    const newest = (rows[0] ?? page.rows[0])?.at ?? startedAt;
    const floor = Math.min(newest - settings.overlap, answeredFrom);
    rows.push(...page.rows.filter((row) => row.at >= floor));
    next = tokenBefore(page, floor);
    if (next === null) break;
  }
  const fresh = await unread(source, rows, store);
  const events = await source.toEvents(fresh, (row) => row.at < answeredFrom, signal);
  const added = await store.recordPage(source.resource, events, null);
  // An empty list: what shows up from now on is new, by the API's clock.
  const mark = Math.min(rows[0]?.at ?? startedAt, apiNow());
  await store.finishWalk(source.resource, new Map([[platform, mark]]), startedAt);
  return added;
}

async function catchUp<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  marks: ReadonlyMap<Platform, Instant>,
  parts: WalkParts,
): Promise<number> {
  const { store, settings, apiNow, signal } = parts;
  const open = await resumable(source, platforms, store);
  const floors = new Map(platforms.map((each) => [each, (marks.get(each) ?? 0) - settings.overlap]));
  const lowest = Math.min(...floors.values());
  let next = open?.pageToken ?? null;
  let newestAt = open?.newestAt ?? -Infinity;
  let added = 0;

  for (let pages = 0; pages < LIMITS.pagesPerWalk; pages += 1) {
    const page = await pageOrRestart(source, platforms, next, parts);
    newestAt = Math.max(newestAt, ...page.rows.map((row) => row.at));
    const near = page.rows.filter(
      (row) => isPlatform(row.platform) && row.at >= (floors.get(row.platform) ?? Infinity),
    );
    await store.recordDeliveries(
      near.map((row) => row.delivery),
      apiNow(),
    );
    const events: NewEvent[] = await source.toEvents(await unread(source, near, store), () => false, signal);
    next = tokenBefore(page, lowest);
    const rest = next === null ? null : { platforms, pageToken: next, newestAt };
    if (events.length > 0 || rest) added += await store.recordPage(source.resource, events, rest);
    if (!rest) {
      await finish(source, marks, newestAt, { store, apiNow, platforms });
      break;
    }
  }
  return added;
}

/** Where to go on; null when the page is the last, or reaches behind `floor`. */
function tokenBefore(page: SourcePage<SourceRow>, floor: Instant): string | null {
  const oldest = page.rows.at(-1);
  return oldest === undefined || oldest.at < floor ? null : page.pageToken;
}

/** A whole walk has read all there is up to its newest row, on every platform that it asked for: all marks move there. */
async function finish(
  { resource }: Source,
  marks: ReadonlyMap<Platform, Instant>,
  newestAt: Instant,
  {
    store,
    apiNow,
    platforms,
  }: Pick<WalkParts, 'store' | 'apiNow'> & { readonly platforms: readonly Platform[] },
): Promise<void> {
  // A row dated in the future would put the mark past messages that are still to come.
  const reached = Math.min(newestAt, apiNow());
  const moved = new Map(platforms.map((each) => [each, Math.max(marks.get(each) ?? 0, reached)]));
  await store.finishWalk(resource, moved, apiNow());
}

/** The walk that was cut short, if it asked for the same platforms; another one is begun anew. */
async function resumable({ resource }: Source, platforms: readonly Platform[], store: Store) {
  const open = await store.openWalk(resource);
  if (!open) return null;
  if ([...open.platforms].sort().join() === [...platforms].sort().join()) return open;
  await store.dropWalk(resource);
  return null;
}

/** A page token that the API no longer takes (422, 400 or 404) begins the walk anew, from the newest row. */
async function pageOrRestart<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  pageToken: string | null,
  { store, signal }: WalkParts,
): Promise<SourcePage<Row>> {
  try {
    return await source.page(platforms, pageToken, signal);
  } catch (error) {
    const isStale = error instanceof BlotatoError && [400, 404, 422].includes(error.status);
    if (pageToken === null || !isStale) throw error;
    await store.dropWalk(source.resource);
    return source.page(platforms, null, signal);
  }
}

async function unread<Row extends SourceRow>(
  { resource }: Source<Row>,
  rows: readonly Row[],
  store: Store,
): Promise<Row[]> {
  const held = await store.journalled(
    resource,
    rows.map((row) => row.id),
  );
  return rows.filter((row) => !held.has(row.id));
}
