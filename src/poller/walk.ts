import { BlotatoError } from '../blotato/errors.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Send } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import { createPageGuard, WalkError } from './pages.js';
import type { Seen } from './seen.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import { deliveriesOf, unreadableEvents } from './unreadable.js';
import type { PollState, WalkEnd, NewEvent, PollStore, Resource } from '../store/ports/polls.js';

export interface WalkSettings {
  readonly overlap: Millis;
  /** How far the very first start looks back; 0: it answers nothing older than itself. */
  readonly lookback: Millis;
}

export interface WalkParts {
  readonly store: PollStore;
  /** What the store knew when the poll began. */
  readonly known: PollState;
  /** What the polls before have seen. */
  readonly seen: Seen;
  /** Whether rows that are left out are surely not ours, whatever comes. @default they are */
  readonly areAllListed?: () => boolean;
  readonly settings: WalkSettings;
  readonly clock: Clock;
  /** The present by the API's clock, which is the one that dates rows. */
  readonly apiNow: () => Instant;
  /** A list says how a send of ours ended. */
  readonly onEnded: (send: Send) => void;
  /** A row that cannot be read is journalled. */
  readonly onUnreadable?: (event: InboundEvent, detail: string) => void;
  /** The first start has read many pages, and reads on. */
  readonly onLongStart?: (resource: Resource, pages: number) => void;
  readonly signal: AbortSignal;
}

/** What a walk has read. */
export interface Walked {
  /** How many events are new. */
  readonly added: number;
  /** Which walks are whole: they are ended, with all others of the poll, before anything is decided. */
  readonly ends: readonly WalkEnd[];
}

type Watermarks = ReadonlyMap<Platform, Instant>;

const NO_WATERMARKS: Watermarks = new Map();

/**
 * Reads what is new in one list, for all its platforms at once, and moves their watermarks.
 *
 * Rows come newest first. A walk goes back until it is past every mark minus the overlap, and what the journal does
 * not hold is new: so rows that tie in time, or that show up late inside the overlap, are read once. The watermarks move
 * only when the walk is whole. A walk cut short keeps its page token and goes on there the next time; until it is
 * whole nothing of it is decided, since older messages may still be unread.
 *
 * Throws what the API client throws, and WalkError when the pages lead nowhere or are too many for one poll; what was
 * read until then is kept.
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
  // A first start ends the walk. One that is not whole yet goes on first, or it would be decided half read.
  if (unknown.length === 0 || caughtUp.ends.length === 0) return caughtUp;
  const moved = new Map([...watermarks, ...caughtUp.ends.flatMap((end) => [...end.watermarks])]);
  const first = await firstStart(source, unknown, moved, parts);
  return { added: caughtUp.added + first.added, ends: [...caughtUp.ends, ...first.ends] };
}

/** The newest row becomes the mark. Rows in the overlap are journalled as older than the start, so that none is answered later. */
async function firstStart<Row extends SourceRow>(
  source: Source<Row>,
  platforms: readonly Platform[],
  watermarks: Watermarks,
  parts: WalkParts,
): Promise<Walked> {
  const { store, settings, clock, apiNow, signal } = parts;
  const readTo = clock();
  let page: SourcePage<Row> = await source.page(platforms, null, signal);
  // After the first answer, because it tells the API's clock.
  const startedAt = apiNow();
  const mark = firstWatermark(page.rows, watermarks, startedAt);
  const answeredFrom = settings.lookback > 0 ? startedAt - settings.lookback : Infinity;
  // From the mark and not from the newest row, which may be dated in the future: the next walk goes back to here.
  const floor = Math.min(mark - settings.overlap, answeredFrom);
  const isNear = ({ at }: { readonly at: Instant | null }): boolean => at === null || at >= floor;
  const rows = page.rows.filter(isNear);
  const unreadable = page.unreadable.filter(isNear);
  const guard = createPageGuard(source, floor, null);
  let next = guard.next(page);
  // To stop before the floor would lose what lies between: what is not read now is older than the mark, and never new.
  for (let pages = 1; next !== null; pages += 1) {
    if (pages % LIMITS.pagesPerWalk === 0) parts.onLongStart?.(source.resource, pages);
    page = await source.page(platforms, next, signal);
    rows.push(...page.rows.filter(isNear));
    unreadable.push(...page.unreadable.filter(isNear));
    next = guard.next(page);
  }
  const fresh = await unread(source, rows, store);
  const events = await source.toEvents(fresh, (row) => row.at < answeredFrom, signal);
  // What becomes readable later was there before the start all the same.
  const damaged = await unreadableEvents(source, unreadable, platforms, parts);
  const before = damaged.map((each) => ({ ...each, beforeStart: each.event.at < answeredFrom }));
  const added = await store.recordPage(source.resource, [...events, ...before], null);
  return { added, ends: [endOf(source, new Map(platforms.map((each) => [each, mark])), readTo)] };
}

/**
 * Where reading begins. A platform that was quiet for long begins at the mark of a busier one: by its own newest row,
 * the next walk would go through all that the busy one wrote since. On an empty list, what shows up from now on is new.
 */
function firstWatermark(rows: readonly SourceRow[], watermarks: Watermarks, startedAt: Instant): Instant {
  const newest = rows.length === 0 ? startedAt : Math.max(...rows.map((row) => row.at));
  // A row dated in the future would put the mark past messages that are still to come.
  return Math.min(startedAt, Math.max(newest, ...watermarks.values()));
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
  const first = await firstPage(source, platforms, parts);
  const guard = createPageGuard(source, lowest, first.token);
  let { page, newestAt } = first;
  let added = 0;

  for (let pages = 1; ; pages += 1) {
    newestAt = Math.max(newestAt, ...page.rows.map((row) => row.at));
    const events = await newEvents(source, page, { floors, lowest, platforms }, parts);
    let next: string | null;
    try {
      next = guard.next(page);
    } catch (error) {
      // What was read is kept, and the walk stays open, so that nothing of it is decided. It begins at the newest row
      // again: a cursor that led nowhere may do so for ever.
      const rest = { platforms, resumeToken: FROM_NEWEST, newestAt };
      await store.recordPage(source.resource, events, rest);
      throw error;
    }
    const rest = next === null ? null : { platforms, resumeToken: next, newestAt };
    if (events.length > 0 || rest) added += await store.recordPage(source.resource, events, rest);
    if (next === null) {
      // It has read all there is up to its newest row, on every platform that it asked for: all watermarks move there.
      const reached = Math.min(newestAt, apiNow());
      const moved = new Map(
        platforms.map((each) => [each, Math.max(watermarkOf(watermarks, each), reached)]),
      );
      return { added, ends: [endOf(source, moved, first.readTo)] };
    }
    if (pages >= LIMITS.pagesPerWalk) throw tooLong(source);
    page = await source.page(platforms, next, signal);
  }
}

/** In place of a resume token: the walk is not whole, and no cursor leads on from where it stands. */
const FROM_NEWEST = '';

interface FirstPage<Row extends SourceRow> {
  readonly page: SourcePage<Row>;
  /** What it was asked for with. */
  readonly token: string | null;
  readonly newestAt: Instant;
  readonly readTo: Instant;
}

/**
 * Where the walk that was cut short goes on, if it asked for the same platforms; else the newest page. So also when the
 * API no longer takes the page token. `readTo`: what was written until then is in the walk. The walk stays open until then, so that nothing of it is decided half read.
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

interface Bounds {
  readonly floors: ReadonlyMap<string, Instant>;
  readonly lowest: Instant;
  readonly platforms: readonly Platform[];
}

/** The events of a page that the journal does not hold yet. What the rows say about our own sends is taken note of. */
async function newEvents<Row extends SourceRow>(
  source: Source<Row>,
  page: SourcePage<Row>,
  { floors, lowest, platforms }: Bounds,
  parts: WalkParts,
): Promise<NewEvent[]> {
  const { store, known, seen, clock, onEnded, signal } = parts;
  const near = page.rows.filter((row) => row.at >= (floors.get(row.platform) ?? Infinity));
  const damaged = page.unreadable.filter(({ at }) => at === null || at >= lowest);
  // With a send on its way, the same rows may say more than before: it may only now be known which of them it is.
  const mayRely = !known.hasOpenWork && damaged.length === 0;
  if ((near.length === 0 && damaged.length === 0) || (mayRely && seen.has(source.resource, near))) return [];
  const told = [...near.map((row) => row.delivery), ...deliveriesOf(damaged, `POST /v2/${source.resource}`)];
  (await store.recordDeliveries(told, clock())).forEach(onEnded);
  const fresh = await unread(source, near, store);
  const events = fresh.length === 0 ? [] : await source.toEvents(fresh, () => false, signal);
  // What is new is not kept yet. The rest is, or is of an account that is not ours.
  if (mayRely && events.length === 0 && areSure(fresh, parts)) seen.add(source.resource, near);
  return [...events, ...(await unreadableEvents(source, damaged, platforms, parts))];
}

/** Whether rows that gave no event are surely of accounts that are not ours. */
function areSure(fresh: readonly SourceRow[], { areAllListed }: WalkParts): boolean {
  return fresh.length === 0 || (areAllListed?.() ?? true);
}

function tooLong({ resource }: Pick<Source, 'resource'>): WalkError {
  return new WalkError(resource, `are more than ${LIMITS.pagesPerWalk}; the next poll continues there`);
}

function endOf(
  { resource }: Pick<Source, 'resource'>,
  watermarks: ReadonlyMap<Platform, Instant>,
  at: Instant,
): WalkEnd {
  return { resource, watermarks, at };
}

function watermarkOf(watermarks: Watermarks, platform: Platform): Instant {
  return watermarks.get(platform) ?? 0;
}

function isSameSet(some: readonly Platform[], others: readonly Platform[]): boolean {
  return [...some].sort().join() === [...others].sort().join();
}

async function unread<Row extends SourceRow>(
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
