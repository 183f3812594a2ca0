import { BlotatoError } from '../blotato/errors.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Send } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import { afterBoth, createPageGuard, nextOf, tooLong } from './pages.js';
import type { Seen } from './seen.js';
import type { Source, SourcePage, SourceRow } from './source.js';
import { deliveriesOf, unreadableEvents } from './unreadable.js';
import type { PollState, WalkEnd, NewEvent, PollStore, Resource } from '../store/ports/polls.js';

export interface WalkSettings {
  readonly overlap: Millis;
  /** Maximum age of events on the very first start; 0 replies to nothing older. */
  readonly lookback: Millis;
}

export interface WalkParts {
  readonly store: PollStore;
  /** State from the store at the start of the poll. */
  readonly known: PollState;
  /** Cache of rows seen by previous polls. */
  readonly seen: Seen;
  /** True if rows that are left out can never belong to a configured account. @default true */
  readonly areAllListed?: () => boolean;
  readonly settings: WalkSettings;
  readonly clock: Clock;
  /** The API's clock, which dates rows. */
  readonly apiNow: () => Instant;
  /** Called when a list shows the end of one of our sends. */
  readonly onEnded: (send: Send) => void;
  /** Called when an unreadable row is journalled. */
  readonly onUnreadable?: (event: InboundEvent, detail: string) => void;
  /** Called when the first start has read many pages and continues. */
  readonly onLongStart?: (resource: Resource, pages: number) => void;
  readonly signal: AbortSignal;
}

/** Result of a walk. */
export interface Walked {
  /** Number of new events. */
  readonly added: number;
  /** Completed walks: they are ended together with all others of the poll, before anything is decided. */
  readonly ends: readonly WalkEnd[];
}

type Watermarks = ReadonlyMap<Platform, Instant>;

const NO_WATERMARKS: Watermarks = new Map();

/**
 * Reads what is new in one list, for all its platforms at once, and moves their watermarks. Rows are ordered
 * newest first. A walk goes back past every watermark minus the overlap, and rows that are not in the journal
 * are new: so rows with equal times, or rows that appear late within the overlap, are read exactly once.
 * The watermarks move only when the walk is complete. An interrupted walk saves a resume token and continues
 * there the next time; until it is complete none of its rows are decided, since older messages may still be
 * unread.
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

/**
 * The newest row becomes the watermark. Rows in the overlap are journalled as older than the start, so that
 * none gets a reply later.
 */
async function firstStart<Row extends SourceRow>(
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
      const found = newEvents(source, page, { floors, lowest, platforms }, parts);
      const begun = afterBoth(storing, found).then((events) => {
        if (events === null || (events.length === 0 && !rest)) return;
        storing = store.recordPage(source.resource, events, rest).then((more) => (added += more));
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

/** Replaces a resume token: the walk is incomplete, and there is no cursor to continue with. */
const FROM_NEWEST = '';

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

interface Bounds {
  readonly floors: ReadonlyMap<string, Instant>;
  readonly lowest: Instant;
  readonly platforms: readonly Platform[];
}

/**
 * The events of a page that are not in the journal yet. Statuses of our own sends in the rows are recorded.
 */
async function newEvents<Row extends SourceRow>(
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
