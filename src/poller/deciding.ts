import { setImmediate } from 'node:timers/promises';
import { type Decision, NO_TRACE } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import { type Facts, factsBeforeStart } from '../domain/facts.js';
import { settle, type SettleParts, type Step } from './settle.js';
import type { Decided, JournalStore } from '../store/ports/journal.js';

/** Maximum number of undecided events read at a time. */
const BATCH = 500;
/** Maximum number of decisions per commit: after a crash as many are decided again. */
const MOST_IN_COMMIT = 64;

export interface DecideParts extends SettleParts {
  readonly store: JournalStore;
  readonly answer: (event: InboundEvent, facts: Facts) => Promise<Decision>;
  /** Approximate maximum number of events to decide; the rest is for the next cycle. @default all */
  readonly mostDecided?: number | undefined;
  /** True once no further event is decided in this cycle, except the first. @default never */
  readonly isOver?: (() => boolean) | undefined;
  readonly onDecision: (event: InboundEvent, decision: Decision) => void;
  /** Called when a decision has put sends into the outbox. */
  readonly onQueued?: ((event: InboundEvent) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Result of deciding. */
export interface DecideEnd {
  readonly decided: number;
  /** True if undecided events are left. */
  readonly hasMore: boolean;
}

/**
 * Decides undecided events, not only those just read: after a crash the remaining ones are handled the
 * same way.
 */
export async function decide(parts: DecideParts): Promise<DecideEnd> {
  const { store, signal, mostDecided = Infinity, isOver = () => false } = parts;
  const limit = Math.min(BATCH, mostDecided);
  let decided = 0;
  const isEnough = () => signal.aborted || (decided > 0 && isOver());
  for (;;) {
    const events = await store.undecided(limit, parts.clock());
    const from = await decideEvents(events, isEnough, parts, (batch) => (decided += batch));
    const hasMore = events.length === limit || from < events.length;
    if (!hasMore || decided >= mostDecided || isEnough()) return { decided, hasMore };
  }
}

/**
 * Decides the events until it is enough, those of each contact in order. Returns how many; `onCommit` receives the
 * number of each commit.
 */
export async function decideEvents(
  events: readonly InboundEvent[],
  isEnough: () => boolean,
  parts: DecideParts,
  onCommit: (decided: number) => void,
): Promise<number> {
  const old =
    events.length === 0 ? new Set<string>() : await parts.store.beforeStart(events.map(({ id }) => id));
  let left = events;
  while (left.length > 0 && !isEnough()) {
    const { taken, deferred } = await decideSome(left, old, parts);
    left = [...deferred, ...left.slice(taken + deferred.length)];
    onCommit(taken);
    // Deciding never waits, so without this pause nothing else would run meanwhile.
    await setImmediate();
  }
  return events.length - left.length;
}

interface Batch {
  readonly taken: number;
  /** Events among them that wait for the commit, in order. */
  readonly deferred: readonly InboundEvent[];
}

/**
 * Decides as many of the events, from the first, as may share a commit. Each is decided with facts that are all in
 * the store: an event whose contact, or whose comment, is affected by an earlier one waits for its commit, and so do
 * later ones of the same contact or comment. Events of others do not wait: the events of a contact follow each other,
 * and a batch that ended at the first to wait had 14 of 64 decisions.
 */
async function decideSome(
  events: readonly InboundEvent[],
  old: ReadonlySet<string>,
  parts: DecideParts,
): Promise<Batch> {
  const { isOver = () => false } = parts;
  const batch: Decided[] = [];
  const deferred: InboundEvent[] = [];
  const waiting = new Set<string>();
  let taken = 0;
  for (const event of events) {
    const subjects = subjectsOf(event);
    if (subjects.some((subject) => waiting.has(subject))) {
      deferred.push(event);
      subjects.forEach((each) => waiting.add(each));
      continue;
    }
    const { decided, isTaken, endsCommit } = await decideOne(event, old.has(event.id), parts);
    batch.push(...decided);
    if (endsCommit || decided.some(({ decision }) => changesFacts(decision)))
      subjects.forEach((each) => waiting.add(each));
    if (!isTaken) break;
    taken += 1;
    if (taken === MOST_IN_COMMIT || isOver()) break;
  }
  await record(batch, parts);
  return { taken, deferred };
}

async function record(batch: readonly Decided[], parts: DecideParts): Promise<void> {
  if (batch.length === 0) return;
  const recorded = await parts.store.recordDecisions(batch);
  for (const { event, decision } of batch) if (recorded.has(event.id)) report(event, decision, parts);
}

function report(event: InboundEvent, decision: Decision, { onDecision, onQueued }: DecideParts): void {
  onDecision(event, decision);
  if (decision.reason === 'queued') onQueued?.(event);
}

async function decideOne(event: InboundEvent, isOld: boolean, parts: DecideParts): Promise<Step> {
  const { store, clock, window } = parts;
  const now = clock();
  const facts = isOld ? factsBeforeStart(now) : await store.factsFor(event, now, window);
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
async function answerOrGiveUp(event: InboundEvent, facts: Facts, { answer }: DecideParts): Promise<Decision> {
  try {
    return await answer(event, facts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const trace = { ...NO_TRACE, text: event.text };
    const detail = `internal error while deciding, please report this: ${why}`;
    return { rule: null, reason: 'failed', detail, actions: [], optOut: null, trace };
  }
}
