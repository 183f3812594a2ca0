import { actedRules, type Decision, type PlannedAction } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts, PastAnswer, Pause } from '../domain/facts.js';
import type { Instant, Millis } from '../domain/time.js';
import { carryOut, type ContactMemory, type Expired, runFor } from './run-memory.js';

/** What `test`, `explain` and `replay` remember in place of the store: the same facts, from the events they decided. */
export interface History {
  factsFor(event: InboundEvent, now: Instant, window: Millis): Facts;
  record(event: InboundEvent, decision: Decision, now: Instant): void;
  /** Contacts whom a funnel asked and who had not answered when their time was over, by `now`. */
  expired(now: Instant): readonly Expired[];
  recordExpiry(expired: Expired, decision: Decision): void;
}

interface Memory extends ContactMemory {
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
        pause: start.pause ?? pauseOf(memory, event, now),
        recentAnswers: memory.recent,
        privateReplyHeldBy: privateReplies.get(commentKey(event)) ?? start.privateReplyHeldBy ?? null,
        firstContact: !memory.seen,
        answers: [...memory.answers.values()],
        lastDisclosedAt: memory.lastDisclosedAt,
        nextPostOf: start.nextPostOf ?? [],
        tags: memory.tags,
        fields: memory.fields,
        run: runFor(memory, event),
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
      carryOut(memory, event, decision, now);
      rememberAnswer(memory, event, decision, now);
      const spender = decision.reason === 'shadow' ? undefined : decision.actions.find(isPrivateReply);
      if (spender) privateReplies.set(commentKey(event), spender.rule);
    },
    expired: (now) =>
      [...people.values()].flatMap(({ run }) =>
        run !== null && run.deadline < now ? [{ ...run, at: run.deadline }] : [],
      ),
    recordExpiry: ({ event, at }, decision) => carryOut(memoryOf(event), event, decision, at),
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
    tags: start.tags ?? [],
    fields: start.fields ?? {},
    pausedUntil: -Infinity,
    run: null,
  };
}

/** By an effect of a rule: a pause by the owner is given from the start. */
function pauseOf({ pausedUntil }: Memory, { contact }: InboundEvent, now: Instant): Pause | null {
  return pausedUntil > now ? { scope: `contact:${contact.id}`, until: pausedUntil } : null;
}

function keyOf({ rule, conversationId, postId, isShadow }: Omit<PastAnswer, 'at' | 'times'>): string {
  return JSON.stringify([rule, conversationId, postId, isShadow]);
}

function rememberAnswer(memory: Memory, event: InboundEvent, decision: Decision, at: Instant): void {
  const isShadow = decision.reason === 'shadow';
  if (!isShadow && decision.actions.some((action) => action.disclosed)) memory.lastDisclosedAt = at;
  const { conversationId, comment } = event;
  const postId = comment?.postId ?? comment?.platformPostId ?? null;
  for (const [rule, how] of actedRules(decision)) {
    const given = { rule, conversationId, postId, at, isShadow };
    const key = keyOf(given);
    memory.answers.set(key, { ...given, times: (memory.answers.get(key)?.times ?? 0) + 1 });
    if (!isShadow && how === 'spoke') memory.recent = [...memory.recent, at];
  }
}

function isPrivateReply({ type }: PlannedAction): boolean {
  return type === 'private_reply';
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
