// Messages that wait until the contact pauses and are then decided together (`settle`).
import type { AccountConfig } from '../domain/config.js';
import { type Decision, NO_TRACE } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { Rule } from '../domain/rule.js';
import type { Instant, Millis } from '../domain/time.js';
import type { CompiledSet } from './rule-set.js';

/** Waiting times of messages, from rules, accounts and configuration. */
export interface Settling {
  /** The longest wait of any rule that could apply; 0 for an event that never waits. */
  readonly longest: (event: InboundEvent) => Millis;
  /** The wait of the rule that would act; `longest` if none would, since later messages may make one act. */
  readonly of: (decision: Decision, event: InboundEvent) => Millis;
  /**
   * True if the event is decided alone and at once: an opt-out, an answer to a funnel, or an event that is
   * too old.
   */
  readonly isAlone: (event: InboundEvent, facts: Facts) => boolean;
}

export interface SettleSettings {
  /** Default wait for all accounts. */
  readonly settle?: Millis | undefined;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
}

/**
 * Cache of the rules with their own `settle`, per set: most sets have none and need no search per message.
 */
const withOwn = new WeakMap<CompiledSet, readonly Rule[]>();

export function settlingOf(
  set: CompiledSet,
  { settle = 0, accounts }: SettleSettings,
): Pick<Settling, 'longest' | 'of'> {
  const own = withOwn.get(set) ?? set.written.filter((rule) => rule.settle !== undefined);
  withOwn.set(set, own);
  const usual = ({ account }: InboundEvent): Millis => accounts.get(account ?? '')?.settle ?? settle;
  const longest = (event: InboundEvent): Millis => {
    if (!canWait(event)) return 0;
    const waits = own.filter((rule) => concerns(rule, event)).map((rule) => rule.settle ?? 0);
    return Math.max(usual(event), ...waits);
  };
  return {
    longest,
    of({ rule: id }, event) {
      if (id === null) return longest(event);
      return own.find((rule) => rule.id === id)?.settle ?? usual(event);
    },
  };
}

function canWait({ kind, direction, account, conversationId, contact }: InboundEvent): boolean {
  const isTheirs = kind === 'message' && direction === 'incoming';
  return isTheirs && account !== null && conversationId !== null && contact.id !== '';
}

function concerns({ on, platforms, accounts }: Rule, { kind, platform, account }: InboundEvent): boolean {
  if (on !== kind || (platforms.length > 0 && !platforms.includes(platform))) return false;
  return accounts.length === 0 || accounts.includes(account ?? '');
}

/** Messages decided together, oldest first. */
export interface Chain {
  readonly events: readonly InboundEvent[];
  /** True if no message can join the chain: the next message came after a pause, or the chain is full. */
  readonly isClosed: boolean;
}

/** The first chain of a conversation's undecided messages, given in order. */
export function chainOf([first, ...rest]: readonly InboundEvent[], longest: Millis): Chain {
  if (first === undefined) return { events: [], isClosed: true };
  const events = [first];
  for (const next of rest) {
    const gap = next.at - (events.at(-1) ?? first).at;
    const isFull = events.length >= LIMITS.settledMessages;
    if (gap > longest || isFull || next.at - first.at > longest * LIMITS.settleRounds) {
      return { events, isClosed: true };
    }
    events.push(next);
  }
  return { events, isClosed: events.length >= LIMITS.settledMessages };
}

/** Time when the contact has paused for `settle`, or the maximum wait is over. */
export function settledAt({ events, isClosed }: Chain, settle: Millis): Instant {
  if (isClosed || settle === 0) return -Infinity;
  const [first, last] = [events[0]?.at ?? -Infinity, events.at(-1)?.at ?? -Infinity];
  return Math.min(last + settle, first + settle * LIMITS.settleRounds);
}

/** Joins messages into one: the last, with the texts of all, one per line. */
export function joined(events: readonly InboundEvent[]): InboundEvent {
  const last = events.at(-1);
  if (last === undefined) throw new RangeError('no messages to join');
  const texts = events.map(({ text }) => text).filter((text) => text.trim() !== '');
  return events.length === 1 ? last : { ...last, text: texts.join('\n') };
}

/**
 * Decision about a message that waits or, with `last`, about a message that was decided together with `last`.
 */
export function waiting(last: InboundEvent | null, rule: string | null, text: string): Decision {
  const detail = last === null ? 'waits for the contact to pause' : `decided together with ${last.id}`;
  const trace = { ...NO_TRACE, text };
  return { rule, reason: 'settling', detail, actions: [], optOut: null, trace };
}
