import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { Instant, Millis } from '../domain/time.js';
import { chainOf, joined, settledAt, type Settling, waiting } from '../engine/settle.js';
import { createDueQueue } from './due-queue.js';
import { contactKey } from './run-memory.js';

/**
 * Functions that decide waiting messages. Of messages that are decided together, the functions passed with
 * the first one are used.
 */
export interface SettleParts {
  readonly settling: Settling;
  readonly factsFor: (event: InboundEvent, now: Instant) => Facts;
  readonly answer: (event: InboundEvent, facts: Facts) => Promise<Decision>;
  readonly record: (event: InboundEvent, decision: Decision, now: Instant) => void;
}

/** Messages that were decided together, and the decision about their joined text. */
export interface Settled {
  readonly events: readonly InboundEvent[];
  readonly decision: Decision;
  readonly facts: Facts;
}

/** Messages of a rehearsal that wait until their contact pauses. */
export interface SettlingMemory {
  /** Returns the decision that the event waits; null if it does not wait and has to be decided by itself. */
  hold(event: InboundEvent, now: Instant, facts: Facts, parts: SettleParts): Promise<Decision | null> | null;
  /** Decides the messages whose wait is over by `now`, the earliest first; null if no wait is over. */
  decideDue(now: Instant): Promise<void> | null;
}

interface Waiting {
  readonly events: readonly InboundEvent[];
  readonly deadline: Instant;
  readonly parts: SettleParts;
}

/** `onSettled` gets the final decision about messages that waited according to `hold`. */
export function createSettlingMemory(onSettled: (settled: Settled) => void): SettlingMemory {
  const groups = new Map<string, Waiting>();
  const due = createDueQueue<Waiting>();

  async function decideGroup(key: string, { events, parts }: Waiting, now: Instant): Promise<void> {
    groups.delete(key);
    const { decision, facts, whole } = await decideWhole(events, now, parts);
    for (const each of events.slice(0, -1)) {
      parts.record(each, waiting(whole, decision.rule, each.text), now);
    }
    parts.record(whole, decision, now);
    onSettled({ events, decision, facts });
  }

  async function join(
    event: InboundEvent,
    now: Instant,
    longest: Millis,
    parts: SettleParts,
  ): Promise<Decision | null> {
    const key = `${contactKey(event)}/${event.conversationId ?? ''}`;
    const before = groups.get(key);
    const chain = chainOf([...(before?.events ?? []), event], longest);
    if (before && !chain.events.includes(event)) {
      await decideGroup(key, before, now);
      return hold(event, now, parts.factsFor(event, now), parts);
    }
    const { decision, whole } = await decideWhole(chain.events, now, parts);
    const deadline = settledAt(chain, parts.settling.of(decision, whole));
    const group = { events: chain.events, deadline, parts };
    if (deadline <= now && chain.events.length === 1) return null;
    if (deadline <= now) await decideGroup(key, group, now);
    else {
      groups.set(key, group);
      due.add(group);
    }
    return waiting(null, decision.rule, event.text);
  }

  const hold: SettlingMemory['hold'] = (event, now, facts, parts) => {
    const longest = parts.settling.longest(event);
    return longest === 0 || parts.settling.isAlone(event, facts) ? null : join(event, now, longest, parts);
  };

  async function decideFrom(earliest: Waiting, now: Instant): Promise<void> {
    for (let group: Waiting | null = earliest; group !== null; group = due.takeDue(now)) {
      const [first] = group.events;
      const key = first ? `${contactKey(first)}/${first.conversationId ?? ''}` : '';
      if (groups.get(key) === group) await decideGroup(key, group, group.deadline);
    }
  }

  return {
    hold,
    decideDue(now) {
      const earliest = due.takeDue(now);
      return earliest && decideFrom(earliest, now);
    },
  };
}

async function decideWhole(events: readonly InboundEvent[], now: Instant, parts: SettleParts) {
  const whole = joined(events);
  const known = parts.factsFor(whole, now);
  const first = events[0] ?? whole;
  const facts = { ...known, firstContact: parts.factsFor(first, now).firstContact };
  return { whole, facts, decision: await parts.answer(whole, facts) };
}
