import { setImmediate } from 'node:timers/promises';
import { NoResponseError } from '../blotato/errors.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { Instant } from '../domain/time.js';
import { settle, type SettleParts, type Step } from './settle.js';
import type { Source } from './source.js';
import { walk, type WalkParts } from './walk.js';
import type { PollStore, WalkEnd } from '../store/ports/polls.js';
import type { Decided, JournalStore } from '../store/ports/journal.js';

/** Maximum number of undecided events read at a time. */
const BATCH = 500;
/** Maximum number of decisions per commit: after a crash as many are decided again. */
const MOST_IN_COMMIT = 64;

export interface Stream {
  readonly source: Source;
  readonly platforms: readonly Platform[];
}

export interface CycleParts extends WalkParts, SettleParts {
  readonly store: PollStore & JournalStore;
  readonly streams: readonly Stream[];
  readonly answer: (event: InboundEvent, facts: Facts) => Promise<Decision>;
  /** Time when the lists are due again. */
  readonly nextPoll: () => Instant;
  /** Ends funnel runs that timed out, before anything newer is decided. */
  readonly expire: () => Promise<void>;
  /** Approximate maximum number of events to decide; the rest is for the next cycle. @default all */
  readonly mostDecided?: number | undefined;
  /** True once no further event is decided in this cycle, except the first. @default never */
  readonly isOver?: (() => boolean) | undefined;
  readonly onDecision: (event: InboundEvent, decision: Decision) => void;
  /** Called when a list was read completely, with the number of new events. */
  readonly onRead?: (stream: Stream, found: number) => void;
  /**
   * Called for a list that could not be read. The other lists are read, and the failed list continues later
   * where it stopped.
   */
  readonly onReadError: (stream: Stream, error: unknown) => void;
}

/** Result of a poll cycle. */
export interface CycleEnd {
  readonly decided: number;
  /** True if undecided events are left. */
  readonly hasMore: boolean;
  /** True if nothing was decided and no work is open. */
  readonly isQuiet: boolean;
}

/** One poll cycle: reads what is new, decides it, commits. The outbox does the sending. */
export async function pollCycle(parts: CycleParts): Promise<CycleEnd> {
  const { store, clock, signal } = parts;
  const ends = await readAll(parts);
  if (!signal.aborted) await releaseHeld(parts);
  const left = await store.endPoll(ends, clock(), parts.nextPoll());
  if (signal.aborted) return { decided: 0, hasMore: false, isQuiet: false };
  if (left.expired) await parts.expire();
  const deciding = left.undecided ? await decide(parts) : { decided: 0, hasMore: false };
  return { ...deciding, isQuiet: !left.undecided && !left.expired && !left.openWork && !parts.known.hasHeld };
}

/**
 * Walks each list. Returns the completed walks; a list that cannot be read is reported, and the others are
 * read.
 */
async function readAll(parts: CycleParts): Promise<WalkEnd[]> {
  const { store, clock, signal } = parts;
  const ends: WalkEnd[] = [];
  for (const stream of parts.streams) {
    try {
      signal.throwIfAborted();
      const walked = await walk(stream.source, stream.platforms, parts);
      ends.push(...walked.ends);
      // The starting point is saved at once: everything written from then on is new, whatever happens to the
      // other lists.
      if (isFirst(stream, parts)) await store.endPoll(ends.splice(0), clock(), parts.nextPoll());
      parts.onRead?.(stream, walked.added);
    } catch (error) {
      const why: unknown = signal.aborted ? signal.reason : error;
      // Stopping is not an error: rows read so far are kept, and the next start decides them. A hanging API is
      // an error.
      if (!signal.aborted || why instanceof NoResponseError) parts.onReadError(stream, why);
      if (signal.aborted) break;
    }
  }
  return ends;
}

/** Tries to release held messages, also of lists that were not read in this cycle. */
async function releaseHeld({ streams, known, clock, signal, onReadError }: CycleParts): Promise<void> {
  if (!known.hasHeld) return;
  for (const stream of streams) {
    try {
      await stream.source.release?.(clock(), signal);
    } catch (error) {
      if (signal.aborted) return;
      onReadError(stream, error);
    }
  }
}

/** True if a platform of the list was never read before. */
function isFirst({ source, platforms }: Stream, { known }: CycleParts): boolean {
  const watermarks = known.watermarks[source.resource];
  return platforms.some((platform) => watermarks?.has(platform) !== true);
}

/**
 * Decides undecided events, not only those just read: after a crash the remaining ones are handled the
 * same way.
 */
async function decide(parts: CycleParts): Promise<Pick<CycleEnd, 'decided' | 'hasMore'>> {
  const { store, signal, mostDecided = Infinity, isOver = () => false } = parts;
  const limit = Math.min(BATCH, mostDecided);
  let decided = 0;
  const isEnough = () => signal.aborted || (decided > 0 && isOver());
  for (;;) {
    const events = await store.undecided(limit, parts.clock());
    let from = 0;
    while (from < events.length && !isEnough()) {
      const batch = await decideSome(events.slice(from, from + MOST_IN_COMMIT), parts);
      from += batch;
      decided += batch;
      // Deciding never waits, so without this pause nothing else would run meanwhile.
      await setImmediate();
    }
    const hasMore = events.length === limit || from < events.length;
    if (!hasMore || decided >= mostDecided || isEnough()) return { decided, hasMore };
  }
}

/**
 * Decides as many of the events, from the first, as may share a commit, and returns how many are done. Each
 * is decided with facts that are all in the store: an event whose contact, or whose comment, is affected by
 * an earlier one waits for its commit.
 */
async function decideSome(events: readonly InboundEvent[], parts: CycleParts): Promise<number> {
  const { store, onDecision, isOver = () => false } = parts;
  const batch: Decided[] = [];
  const changed = new Set<string>();
  let taken = 0;
  for (const event of events) {
    const subjects = subjectsOf(event);
    if (subjects.some((subject) => changed.has(subject))) break;
    const { decided, isTaken, endsCommit } = await decideOne(event, parts);
    batch.push(...decided);
    if (endsCommit || decided.some(({ decision }) => changesFacts(decision)))
      subjects.forEach((each) => changed.add(each));
    if (!isTaken) break;
    taken += 1;
    if (isOver()) break;
  }
  const recorded = batch.length === 0 ? new Set() : await store.recordDecisions(batch);
  for (const { event, decision } of batch) if (recorded.has(event.id)) onDecision(event, decision);
  return taken;
}

async function decideOne(event: InboundEvent, parts: CycleParts): Promise<Step> {
  const { store, clock, window } = parts;
  const now = clock();
  const facts = await store.factsFor(event, now, window);
  const answer = (each: InboundEvent, known: Facts) => answerOrGiveUp(each, known, parts);
  const settled = await settle(event, facts, answer, parts);
  if (settled !== null) return settled;
  const decision = await answer(event, facts);
  return { decided: [{ event, decision, now }], isTaken: true, endsCommit: false };
}

function changesFacts({ actions, optOut, effects = [], runs = [] }: Decision): boolean {
  return actions.length + effects.length + runs.length > 0 || optOut !== null;
}

/** Keys whose facts a decision may change (batch conflict keys). */
function subjectsOf({ account, contact, comment }: InboundEvent): string[] {
  const person = `person ${account ?? ''} ${contact.id}`;
  const id = comment?.platformCommentId ?? null;
  return id === null ? [person] : [person, `comment ${account ?? ''} ${id}`];
}

/**
 * A decision that fails would fail at every try and block all later events, so it is journalled as `failed`.
 */
async function answerOrGiveUp(event: InboundEvent, facts: Facts, { answer }: CycleParts): Promise<Decision> {
  try {
    return await answer(event, facts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const trace = { text: event.text, words: [], rules: [], rulesOmitted: 0, guards: [] };
    const detail = `internal error while deciding, please report this: ${why}`;
    return { rule: null, reason: 'failed', detail, actions: [], optOut: null, trace };
  }
}
