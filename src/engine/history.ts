import type { Decision, PlannedAction } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts, PastAnswer } from '../domain/facts.js';
import type { Reason } from '../domain/reason.js';
import type { Instant, Millis } from '../domain/time.js';

/** What `test`, `explain` and `replay` remember in place of the store: the same facts, from the events they decided. */
export interface History {
  factsFor(event: InboundEvent, now: Instant, window: Millis): Facts;
  record(event: InboundEvent, decision: Decision, now: Instant): void;
}

interface Memory {
  lastInboundAt: Instant | null;
  lastHumanAt: Instant | null;
  optedOutAt: Instant | null;
  lastDisclosedAt: Instant | null;
  seen: boolean;
  /** Of each rule, conversation, post and mode the newest. */
  readonly answers: Map<string, PastAnswer>;
  /** When answers were given, oldest first; those that no window reaches any more are dropped. */
  recent: readonly Instant[];
}

const COUNTS_AS_ANSWER: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow']);

/**
 * A history in which nothing has happened, but for `start`: what holds for every contact before their first event.
 * Answers that rules in shadow decided hold back such rules only.
 */
export function createHistory(start: Partial<Facts> = {}): History {
  const people = new Map<string, Memory>();
  const privateReplies = new Map<string, string>();
  const memoryOf = (event: InboundEvent): Memory => {
    const key = `${event.account ?? ''}/${event.contact.id}`;
    const known = people.get(key);
    if (known) return known;
    const fresh = newMemory(start);
    people.set(key, fresh);
    return fresh;
  };
  const commentKey = (event: InboundEvent) =>
    `${event.account ?? ''}/${event.comment?.platformCommentId ?? event.id}`;

  return {
    factsFor(event, now, window) {
      const memory = memoryOf(event);
      const inbound = event.kind === 'message' && event.direction === 'incoming' ? event.at : null;
      memory.recent = memory.recent.filter((at) => at > now - window);
      return {
        now,
        lastInboundAt: later(memory.lastInboundAt, inbound),
        lastHumanAt: memory.lastHumanAt,
        optedOutAt: memory.optedOutAt,
        pause: start.pause ?? null,
        recentAnswers: memory.recent,
        privateReplyHeldBy: privateReplies.get(commentKey(event)) ?? start.privateReplyHeldBy ?? null,
        firstContact: !memory.seen,
        answers: [...memory.answers.values()],
        lastDisclosedAt: memory.lastDisclosedAt,
        beforeStart: false,
      };
    },
    record(event, decision, now) {
      const memory = memoryOf(event);
      if (event.direction === 'outgoing') memory.lastHumanAt = later(memory.lastHumanAt, event.at);
      if (event.direction !== 'incoming') return;
      memory.seen = true;
      if (event.kind === 'message') memory.lastInboundAt = later(memory.lastInboundAt, event.at);
      if (decision.optOut === 'stop') memory.optedOutAt = now;
      if (decision.optOut === 'start') memory.optedOutAt = null;
      if (COUNTS_AS_ANSWER.has(decision.reason)) rememberAnswer(memory, event, decision, now);
      const spender = decision.reason === 'shadow' ? undefined : decision.actions.find(isPrivateReply);
      if (spender) privateReplies.set(commentKey(event), spender.rule);
    },
  };
}

function newMemory({ answers = [], ...start }: Partial<Facts>): Memory {
  return {
    lastInboundAt: start.lastInboundAt ?? null,
    lastHumanAt: start.lastHumanAt ?? null,
    optedOutAt: start.optedOutAt ?? null,
    lastDisclosedAt: start.lastDisclosedAt ?? null,
    seen: start.firstContact === false,
    answers: new Map(answers.map((answer) => [keyOf(answer), answer])),
    recent: start.recentAnswers ?? [],
  };
}

function keyOf({ rule, conversationId, postId, isShadow }: Omit<PastAnswer, 'at' | 'times'>): string {
  return JSON.stringify([rule, conversationId, postId, isShadow]);
}

function rememberAnswer(
  memory: Memory,
  event: InboundEvent,
  { actions, reason }: Decision,
  at: Instant,
): void {
  const isShadow = reason === 'shadow';
  if (!isShadow && actions.some((action) => action.disclosed)) memory.lastDisclosedAt = at;
  const { conversationId, comment } = event;
  const postId = comment?.postId ?? comment?.platformPostId ?? null;
  for (const rule of new Set(actions.map((action) => action.rule))) {
    const given = { rule, conversationId, postId, at, isShadow };
    const key = keyOf(given);
    memory.answers.set(key, { ...given, times: (memory.answers.get(key)?.times ?? 0) + 1 });
    if (!isShadow) memory.recent = [...memory.recent, at];
  }
}

function isPrivateReply({ type }: PlannedAction): boolean {
  return type === 'private_reply';
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
