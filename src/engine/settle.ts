// Messages that wait until the contact pauses, and are decided together (`settle`).
import type { AccountConfig } from '../domain/config.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { Rule } from '../domain/rule.js';
import type { Instant, Millis } from '../domain/time.js';
import type { CompiledSet } from './rule-set.js';

/** How long messages wait, by rules, accounts and configuration. */
export interface Settling {
  /** The longest wait of any rule that could apply; 0 for an event that never waits. */
  readonly longest: (event: InboundEvent) => Millis;
  /** The wait by the rule that would act; where none would, `longest`, since what follows may make one act. */
  readonly of: (decision: Decision, event: InboundEvent) => Millis;
  /** Whether the event is decided by itself and at once: an opt-out, an answer to a funnel, what is too old. */
  readonly isAlone: (event: InboundEvent, facts: Facts) => boolean;
}

export interface SettleSettings {
  /** For all accounts. */
  readonly settle?: Millis | undefined;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
}

/** Rules with a wait of their own, by the set: most sets have none, and are not searched for each message. */
const withOwn = new WeakMap<CompiledSet, readonly Rule[]>();

export function settlingOf(
  set: CompiledSet,
  { settle = 0, accounts }: SettleSettings,
): Pick<Settling, 'longest' | 'of'> {
  const own = withOwn.get(set) ?? set.rules.flatMap(({ rule }) => (rule.settle === undefined ? [] : [rule]));
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

/** Messages that are decided together, oldest first. */
export interface Chain {
  readonly events: readonly InboundEvent[];
  /** Nothing more can join: the next message came after a pause, or the chain is full. */
  readonly isClosed: boolean;
}

/** The first chain of a conversation's undecided messages, which are in their order. */
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

/** When the contact has paused for `settle`, or has waited for the longest time that is allowed. */
export function settledAt({ events, isClosed }: Chain, settle: Millis): Instant {
  if (isClosed || settle === 0) return -Infinity;
  const [first, last] = [events[0]?.at ?? -Infinity, events.at(-1)?.at ?? -Infinity];
  return Math.min(last + settle, first + settle * LIMITS.settleRounds);
}

/** The messages as one: the last, with the texts of all, a line each. */
export function joined(events: readonly InboundEvent[]): InboundEvent {
  const last = events.at(-1);
  if (last === undefined) throw new RangeError('no message to join');
  const texts = events.map(({ text }) => text).filter((text) => text.trim() !== '');
  return events.length === 1 ? last : { ...last, text: texts.join('\n') };
}

/** The decision about a message that waits; and, once `last` is known, about one that was decided with it. */
export function waiting(last: InboundEvent | null, rule: string | null, text: string): Decision {
  const detail = last === null ? 'waits for the contact to pause' : `decided together with ${last.id}`;
  const trace = { text, words: [], rules: [], rulesOmitted: 0, guards: [] };
  return { rule, reason: 'settling', detail, actions: [], optOut: null, trace };
}
