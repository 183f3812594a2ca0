import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { Clock, Instant } from '../domain/time.js';
import { chainOf, joined, settledAt, type Settling, waiting } from '../engine/settle.js';
import type { Decided, FactsWindow, JournalStore } from '../store/ports/journal.js';

export interface SettleParts {
  readonly store: JournalStore;
  readonly clock: Clock;
  /** The API's clock, which dates messages. */
  readonly apiNow: () => Instant;
  readonly window: FactsWindow;
  /** Pause of the contact after which messages are decided. @default nothing waits */
  readonly settling?: () => Settling;
}

/** Decisions about an event, or about earlier messages. */
export interface Step {
  readonly decided: readonly Decided[];
  /**
   * True if the event is included; if false, the decisions must be journalled before the event itself can be
   * decided.
   */
  readonly isTaken: boolean;
  /**
   * True if later messages of the contact are joined with undecided ones in the store, so they need this
   * commit first.
   */
  readonly endsCommit: boolean;
}

type Answer = (event: InboundEvent, facts: Facts) => Promise<Decision>;

/**
 * Decides a message together with the waiting ones of its conversation, once the contact pauses; null for an
 * event that need not wait. Waiting messages are undecided rows with a due time, so a crash neither loses nor
 * duplicates them: they are decided in one transaction.
 */
export async function settle(
  event: InboundEvent,
  facts: Facts,
  answer: Answer,
  parts: SettleParts,
): Promise<Step | null> {
  const { store, clock, apiNow, window } = parts;
  const settling = parts.settling?.();
  const longest = settling?.longest(event) ?? 0;
  if (!settling || longest === 0 || settling.isAlone(event, facts)) return null;
  const messages = (await store.undecidedWith(event, LIMITS.settledMessages + 1)).filter(
    (each) => !settling.isAlone(each, facts),
  );
  // This message was already decided together with an earlier one.
  if (!messages.some(({ id }) => id === event.id)) return { decided: [], isTaken: true, endsCommit: false };
  const chain = chainOf(messages, longest);
  const { events } = chain;
  const [now, whole] = [clock(), joined(events)];
  const known = await store.factsFor(whole, now, window);
  const { firstContact } = events[0] ? await store.factsFor(events[0], now, window) : known;
  const decision = await answer(whole, { ...known, firstContact });
  const left = settledAt(chain, settling.of(decision, whole)) - apiNow();
  if (left > 0) {
    const ids = events.map(({ id }) => id);
    await store.settle(ids, now + left);
    return { decided: [], isTaken: true, endsCommit: false };
  }
  const before = events.slice(0, -1).map((each) => {
    return { event: each, decision: waiting(whole, decision.rule, each.text), now };
  });
  return {
    decided: [...before, { event: whole, decision, now }],
    isTaken: events.some(({ id }) => id === event.id),
    endsCommit: true,
  };
}
