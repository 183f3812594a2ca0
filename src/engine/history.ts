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
  readonly answers: PastAnswer[];
}

const COUNTS_AS_ANSWER: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow']);

/** An empty history. Answers that rules in shadow decided hold back such rules only. */
export function createHistory(): History {
  const people = new Map<string, Memory>();
  const privateReplies = new Map<string, string>();
  const memoryOf = (event: InboundEvent): Memory => {
    const key = `${event.account ?? ''}/${event.contact.id}`;
    const known = people.get(key);
    if (known) return known;
    const fresh = {
      lastInboundAt: null,
      lastHumanAt: null,
      optedOutAt: null,
      lastDisclosedAt: null,
      seen: false,
      answers: [],
    };
    people.set(key, fresh);
    return fresh;
  };
  const commentKey = (event: InboundEvent) =>
    `${event.account ?? ''}/${event.comment?.platformCommentId ?? event.id}`;

  return {
    factsFor(event, now, window) {
      const memory = memoryOf(event);
      const inbound = event.kind === 'message' && event.direction === 'incoming' ? event.at : null;
      return {
        now,
        lastInboundAt: later(memory.lastInboundAt, inbound),
        lastHumanAt: memory.lastHumanAt,
        optedOutAt: memory.optedOutAt,
        pause: null,
        recentAnswers: memory.answers
          .filter((answer) => !answer.isShadow && answer.at > now - window)
          .map((answer) => answer.at),
        privateReplyHeldBy: privateReplies.get(commentKey(event)) ?? null,
        firstContact: !memory.seen,
        answers: memory.answers,
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
    memory.answers.push({ rule, conversationId, postId, at, times: 1, isShadow });
  }
}

function isPrivateReply({ type }: PlannedAction): boolean {
  return type === 'private_reply';
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
