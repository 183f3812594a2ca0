import type { InboundEvent } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { decideEvents, type DecideParts } from './deciding.js';
import { newEvents } from './new-events.js';
import { createPageGuard, nextOf } from './pages.js';
import type { Seen } from './seen.js';
import type { SourcePage, SourceRow } from './source.js';
import type { OpenPage, WalkParts } from './walk-parts.js';
import type { JournalStore, WaitingContact } from '../store/ports/journal.js';
import type { PollStore } from '../store/ports/polls.js';

export interface EarlyParts extends WalkParts, DecideParts {
  readonly store: PollStore & JournalStore;
  readonly sendEarly?: ((eventIds: readonly string[]) => Promise<void>) | undefined;
}

/** Decides the freshest conversations while a walk is incomplete. */
export interface Early {
  /** Called with each stored page of an incomplete walk; decides after some of them. */
  decide(page: OpenPage): Promise<void>;
  /** Number of decided events. */
  decided(): number;
}

/**
 * A backlog of thousands of messages takes many pages, and people who wrote last would wait for all of them. So
 * while the walk continues, the conversations of those who wrote last are read alone (`conversationId` of
 * `GET /v2/messages`), back to the same time as the walk, and decided.
 *
 * Everything that a decision depends on is then in the journal, as after a complete walk: earlier messages of the
 * contact, an opt-out, a message of a human at any position. If the conversation's list does not prove that, its
 * messages wait for the walk, and so do contacts with more than that one conversation, a running funnel, a draft or a
 * message that is held.
 *
 * Nothing is stored about it: after a crash the messages are undecided rows of an incomplete walk again.
 */
export function createEarly(parts: EarlyParts): Early {
  const tried = new Set<string>();
  let decided = 0;
  return {
    decided: () => decided,
    async decide(page) {
      if (page.pages % LIMITS.earlyEvery !== LIMITS.earlyFirst || page.source.pageOf === undefined) return;
      if (decided > 0 && parts.isOver?.() === true) return;
      const events = await whollyRead(page, tried, parts);
      if (events.length === 0) return;
      decided += await decideAndSend(events, parts);
    },
  };
}

/** The undecided events of the freshest contacts whose conversation could be read completely, in order. */
async function whollyRead(page: OpenPage, tried: Set<string>, parts: EarlyParts): Promise<InboundEvent[]> {
  const { store, clock } = parts;
  const waiting = await store.waitingContacts(LIMITS.earlyConversations, clock(), [...tried]);
  for (const { conversationId } of waiting) tried.add(conversationId);
  const known = new Map<string, ReadonlySet<string>>();
  // All are awaited, so that nothing keeps running after an error.
  const read = await Promise.allSettled(
    waiting.map(async ({ conversationId }) => {
      const ids = await readAlone(conversationId, page, parts);
      if (ids !== null) known.set(conversationId, ids);
    }),
  );
  for (const each of read) if (each.status === 'rejected') throw each.reason;
  const whole = waiting.filter(({ conversationId }) => known.has(conversationId));
  if (whole.length === 0) return [];
  const events = await store.undecidedIn(
    whole.map(({ conversationId }) => conversationId),
    clock(),
  );
  return whole.flatMap((contact) => provenOf(contact, events, known, page));
}

/**
 * The contact's events, if the conversation's list had all of their messages that the walk has found: a list without
 * one of them may lack others as well.
 */
function provenOf(
  { account, contactId }: WaitingContact,
  events: readonly InboundEvent[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
  { bounds }: OpenPage,
): readonly InboundEvent[] {
  const theirs = events.filter((each) => each.account === account && each.contact.id === contactId);
  const isProven = ({ kind, conversationId, sourceId, platform, at }: InboundEvent): boolean =>
    kind !== 'message' ||
    at < (bounds.floors.get(platform) ?? -Infinity) ||
    known.get(conversationId ?? '')?.has(sourceId) === true;
  return theirs.every(isProven) ? theirs : [];
}

/**
 * Reads one conversation back to the bounds of the walk, and journals its rows. Returns their ids; null if its list
 * could not be read completely, which leaves the conversation to the walk. Throws the errors of the store, and the
 * signal's reason.
 */
async function readAlone(
  conversationId: string,
  page: OpenPage,
  parts: EarlyParts,
): Promise<ReadonlySet<string> | null> {
  const rows = await rowsOf(conversationId, page, parts.signal);
  if (rows === null) return null;
  const { source, bounds } = page;
  const whole = { rows, unreadable: [], pageToken: null };
  const events = await newEvents(source, whole, bounds, { ...parts, seen: FORGETFUL });
  // The walk stays open: this is no page of it.
  if (events.length > 0) await parts.store.recordPage(source.resource, events, null);
  // A row whose author is not known yet may be a human's.
  return events.some(({ held }) => held !== undefined) ? null : new Set(rows.map(({ id }) => id));
}

async function rowsOf(
  conversationId: string,
  { source, bounds }: OpenPage,
  signal: AbortSignal,
): Promise<readonly SourceRow[] | null> {
  const guard = createPageGuard(source, bounds.lowest, null);
  const rows: SourceRow[] = [];
  let token: string | null = null;
  for (let pages = 0; pages < LIMITS.earlyPages; pages += 1) {
    const page = await pageOf(conversationId, token, { source, bounds }, signal);
    if (page === null || !isAbout(conversationId, page)) return null;
    rows.push(...page.rows);
    const { next, wrong } = nextOf(guard, page);
    if (next === null) return wrong === null ? rows : null;
    token = next;
  }
  return null;
}

/** Reads a page; returns null if that fails, since the walk, which continues, meets a lasting error itself. */
async function pageOf(
  conversationId: string,
  token: string | null,
  { source, bounds }: Pick<OpenPage, 'source' | 'bounds'>,
  signal: AbortSignal,
): Promise<SourcePage<SourceRow> | null> {
  try {
    return (await source.pageOf?.(conversationId, bounds.platforms, token, signal)) ?? null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** False if a row is damaged or belongs to another conversation: such a list proves nothing. */
function isAbout(conversationId: string, { rows, unreadable }: SourcePage<SourceRow>): boolean {
  return unreadable.length === 0 && rows.every(({ delivery }) => delivery.conversationId === conversationId);
}

/**
 * Decides the events, and lets their sends leave at once, and no others: to another contact a human may have written
 * on a page that is not read yet. Returns the number of decided events.
 */
async function decideAndSend(events: readonly InboundEvent[], parts: EarlyParts): Promise<number> {
  const { signal, isOver = () => false, sendEarly } = parts;
  const queued: string[] = [];
  let decided = 0;
  const isEnough = () => signal.aborted || (decided > 0 && isOver());
  const listening: DecideParts = { ...parts, onQueued: ({ id }) => queued.push(id) };
  await decideEvents(events, isEnough, listening, (batch) => (decided += batch));
  if (queued.length > 0) await sendEarly?.(queued);
  return decided;
}

/** Rows of one conversation are no newest page of the list. */
const FORGETFUL: Seen = { has: () => false, add: () => undefined, clear: () => undefined };
