import { BlotatoError } from '../blotato/errors.js';
import type { Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Send } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import type { Store } from '../store/store.js';
import type { Seen } from './seen.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import type { Known, WalkEnd, NewEvent } from '../store/ports/polls.js';

export interface WalkSettings {
  readonly overlap: Millis;
  /** How far the very first start looks back; 0: it answers nothing older than itself. */
  readonly lookback: Millis;
}

export interface WalkParts {
  readonly store: Store;
  /** What the store knew when the poll began. */
  readonly known: Known;
  /** What the polls before have seen. */
  readonly seen: Seen;
  readonly settings: WalkSettings;
  readonly clock: Clock;
  /** The present by the API's clock, which is the one that dates rows. */
  readonly apiNow: () => Instant;
  /** A list says how a send of ours ended. */
  readonly onEnded: (send: Send) => void;
  readonly signal: AbortSignal;
}

/** What a walk has read. */
export interface Walked {
  /** How many events are new. */
  readonly added: number;
  /** Which walks are whole: they are ended, with all others of the poll, before anything is decided. */
  readonly ends: readonly WalkEnd[];
}

type Marks = ReadonlyMap<Platform, Instant>;

const NO_MARKS: Marks = new Map();

/**
 * Reads what is new in one list, for all its platforms at once, and moves their marks.
 *
 * Rows come newest first. A walk goes back until it is past every mark minus the overlap, and what the journal does
 * not hold is new: so rows that tie in time, or that show up late inside the overlap, are read once. The marks move
 * only when the walk is whole. A walk cut short keeps its page token and goes on there the next time; until it is
 * whole nothing of it is decided, since older messages may still be unread.
 *
 * Throws what the API client throws; what was read until then is kept.
 */
export async function walk<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  parts: WalkParts,
): Promise<Walked> {
  const marks = parts.known.marks[source.resource] ?? NO_MARKS;
  const known = platforms.filter((each) => marks.has(each));
  const unknown = platforms.filter((each) => !marks.has(each));
  if (known.length === 0) return firstStart(source, unknown, marks, parts);
  const caughtUp = await catchUp(source, known, marks, parts);
  // A first start ends the walk. One that is not whole yet goes on first, or it would be decided half read.
  if (unknown.length === 0 || caughtUp.ends.length === 0) return caughtUp;
  const moved = new Map([...marks, ...caughtUp.ends.flatMap((end) => [...end.marks])]);
  const first = await firstStart(source, unknown, moved, parts);
  return { added: caughtUp.added + first.added, ends: [...caughtUp.ends, ...first.ends] };
}

/** The newest row becomes the mark. Rows in the overlap are journalled as older than the start, so that none is answered later. */
async function firstStart<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  marks: Marks,
  { store, settings, clock, apiNow, signal }: WalkParts,
): Promise<Walked> {
  const readTo = clock();
  let page: SourcePage<Row> = await source.page(platforms, null, signal);
  // After the first answer, because it tells the API's clock.
  const startedAt = apiNow();
  const mark = firstMark(page.rows, marks, startedAt);
  const answeredFrom = settings.lookback > 0 ? startedAt - settings.lookback : Infinity;
  // From the mark and not from the newest row, which may be dated in the future: the next walk goes back to here.
  const floor = Math.min(mark - settings.overlap, answeredFrom);
  const rows = page.rows.filter((row) => row.at >= floor);
  let next = tokenBefore(page, floor);
  for (let pages = 1; next !== null && pages < LIMITS.pagesPerWalk; pages += 1) {
    page = await source.page(platforms, next, signal);
    rows.push(...page.rows.filter((row) => row.at >= floor));
    next = tokenBefore(page, floor);
  }
  const fresh = await unread(source, rows, store);
  const events = await source.toEvents(fresh, (row) => row.at < answeredFrom, signal);
  const added = await store.recordPage(source.resource, events, null);
  return { added, ends: [endOf(source, new Map(platforms.map((each) => [each, mark])), readTo)] };
}

/**
 * Where reading begins. A platform that was quiet for long begins at the mark of a busier one: by its own newest row,
 * the next walk would go through all that the busy one wrote since. On an empty list, what shows up from now on is new.
 */
function firstMark(rows: readonly SourceRow[], marks: Marks, startedAt: Instant): Instant {
  const newest = rows.length === 0 ? startedAt : Math.max(...rows.map((row) => row.at));
  // A row dated in the future would put the mark past messages that are still to come.
  return Math.min(startedAt, Math.max(newest, ...marks.values()));
}

async function catchUp<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  marks: Marks,
  parts: WalkParts,
): Promise<Walked> {
  const { store, settings, apiNow, signal } = parts;
  const floors = new Map(platforms.map((each) => [each, markOf(marks, each) - settings.overlap]));
  const lowest = Math.min(...floors.values());
  const first = await firstPage(source, platforms, parts);
  let { page, newestAt } = first;
  let added = 0;

  for (let pages = 1; ; pages += 1) {
    newestAt = Math.max(newestAt, ...page.rows.map((row) => row.at));
    const events = await newEvents(source, page.rows, floors, parts);
    const next = tokenBefore(page, lowest);
    const rest = next === null ? null : { platforms, pageToken: next, newestAt };
    if (events.length > 0 || rest) added += await store.recordPage(source.resource, events, rest);
    if (next === null) {
      // It has read all there is up to its newest row, on every platform that it asked for: all marks move there.
      const reached = Math.min(newestAt, apiNow());
      const moved = new Map(platforms.map((each) => [each, Math.max(markOf(marks, each), reached)]));
      return { added, ends: [endOf(source, moved, first.readTo)] };
    }
    if (pages >= LIMITS.pagesPerWalk) return { added, ends: [] };
    page = await source.page(platforms, next, signal);
  }
}

/**
 * Where the walk that was cut short goes on, if it asked for the same platforms; else the newest page. So also when the
 * API no longer takes the page token. `readTo`: what was written until then is in the walk. The walk stays open until then, so that nothing of it is decided half read.
 */
async function firstPage<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  { known, clock, signal }: WalkParts,
): Promise<{ readonly page: SourcePage<Row>; readonly newestAt: Instant; readonly readTo: Instant }> {
  const open = known.walks[source.resource];
  if (open && isSameSet(open.platforms, platforms)) {
    try {
      const { pageToken, newestAt } = open;
      return { page: await source.page(platforms, pageToken, signal), newestAt, readTo: newestAt };
    } catch (error) {
      if (!(error instanceof BlotatoError && [400, 404, 422].includes(error.status))) throw error;
    }
  }
  const readTo = clock();
  return { page: await source.page(platforms, null, signal), newestAt: -Infinity, readTo };
}

/** The events of a page that the journal does not hold yet. What the rows say about our own sends is taken note of. */
async function newEvents<Row extends SourceRow>(
  source: Source<Row>,
  rows: readonly Row[],
  floors: ReadonlyMap<string, Instant>,
  { store, known, seen, clock, onEnded, signal }: WalkParts,
): Promise<NewEvent[]> {
  const near = rows.filter((row) => row.at >= (floors.get(row.platform) ?? Infinity));
  // With a send on its way, the same rows may say more than before: it may only now be known which of them it is.
  const mayRely = !known.hasOpenWork;
  if (near.length === 0 || (mayRely && seen.has(source.resource, near))) return [];
  const ended = await store.recordDeliveries(
    near.map((row) => row.delivery),
    clock(),
  );
  ended.forEach(onEnded);
  const fresh = await unread(source, near, store);
  const events = fresh.length === 0 ? [] : await source.toEvents(fresh, () => false, signal);
  // What is new is not kept yet. The rest is, or is of an account that is not ours.
  if (mayRely && events.length === 0) seen.add(source.resource, near);
  return events;
}

function endOf(
  { resource }: Pick<Source, 'resource'>,
  marks: ReadonlyMap<Platform, Instant>,
  at: Instant,
): WalkEnd {
  return { resource, marks, at };
}

/** Where to go on; null when the page is the last or empty, or reaches behind `floor`. */
function tokenBefore({ rows, pageToken }: SourcePage<SourceRow>, floor: Instant): string | null {
  const oldest = rows.at(-1);
  return oldest === undefined || oldest.at < floor ? null : pageToken;
}

function markOf(marks: Marks, platform: Platform): Instant {
  return marks.get(platform) ?? 0;
}

function isSameSet(some: readonly Platform[], others: readonly Platform[]): boolean {
  return [...some].sort().join() === [...others].sort().join();
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
