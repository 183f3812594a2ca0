import type { Config } from '../domain/config.js';
import { withEffect } from '../domain/contact-state.js';
import { actedRules, type Decision, type PlannedAction } from '../domain/decision.js';
import { type InboundEvent, postOf } from '../domain/event.js';
import type { Facts, PastReply, Pause } from '../domain/facts.js';
import type { PlannedEffect } from '../domain/funnel.js';
import { LIMITS } from '../domain/limits.js';
import { speaksLanguages } from '../domain/phrase.js';
import type { Instant, Millis } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { createPeople, type Person, type PersonKey } from './people.js';
import { createRunMemory, type Expired } from './run-memory.js';

/**
 * In-memory replacement for the store in `test`, `explain` and `replay`: provides the same facts from the
 * events decided so far. A test compares it with the store; docs/architecture.md explains why it is not the
 * store.
 */
export interface History {
  factsFor(event: InboundEvent, now: Instant, window: Millis): Facts;
  record(event: InboundEvent, decision: Decision, now: Instant): void;
  /** Takes the run of which a time limit, a wait or a reminder is due first by `now`; null if none is due. */
  takeDue(now: Instant): Expired | null;
  recordExpiry(expired: Expired, decision: Decision): void;
}

/** True if the decisions of a project need the earlier texts of a contact, to find out the language. */
export function keepsTexts({ accounts, guards }: Config, { languages }: CompiledSet): boolean {
  return languages.isUsed || speaksLanguages({ accounts, optOut: guards.optOut });
}

/**
 * An empty history; `start` applies to every contact before their first event. Replies decided by rules in
 * shadow mode count for the cooldown of such rules only. `keepsTexts`: for rules that ask for the language.
 */
export function createHistory(start: Partial<Facts> = {}, keepsTexts = false): History {
  const person = createPeople(() => newPerson(start));
  const runs = createRunMemory();
  const pauses = new Map<string, Pause>();
  const privateReplies = new Map<string, string>();
  /** The results of work and the branch that a test names: nothing is fetched here, and no code is used. */
  const { branch, given = {} } = start;

  const applyEffects = (event: InboundEvent, decision: Decision, now: Instant): void => {
    if (decision.optOut === 'stop') runs.stop(event);
    if (decision.reason === 'shadow') return;
    runs.change(event, decision, now);
    const writer = person(personKey(event));
    if (decision.actions.some((action) => action.disclosed)) writer.lastDisclosedAt = now;
    // Of comments without an author nothing is stored.
    if (event.contact.id === '') return;
    for (const effect of decision.effects ?? []) {
      const { tags, fields } = withEffect(writer, effect);
      Object.assign(writer, { tags, fields });
      pauseFor(pauses, event, effect);
    }
  };

  return {
    factsFor(event, now, window) {
      const writer = person(personKey(event));
      const { run, funnels } = runs.of(event);
      const facts = factsAbout(writer, event, {
        now,
        recentAnswers: since(writer.recent, now - window),
        pause: start.pause ?? pauseOf(pauses, event, now),
        privateReplyHeldBy: heldBy(privateReplies, event) ?? start.privateReplyHeldBy ?? null,
        nextPostOf: start.nextPostOf ?? [],
        run,
        given,
      });
      // Usual, and a copy of the facts takes as long as finding them out.
      if (funnels === undefined && branch === undefined && !keepsTexts) return facts;
      const said = keepsTexts ? { said: writer.said ?? [] } : {};
      return { ...facts, ...(branch !== undefined && { branch }), ...(funnels && { funnels }), ...said };
    },
    record(event, decision, now) {
      const writer = person(personKey(event));
      if (event.direction === 'outgoing') recordHuman(writer, event);
      if (event.direction !== 'incoming') return;
      recordInbound(writer, event, keepsTexts);
      runs.wrote(event);
      if (decision.optOut !== null) writer.optedOutAt = decision.optOut === 'stop' ? now : null;
      applyEffects(event, decision, now);
      rememberReply(writer, event, decision, now);
      const spender = decision.reason === 'shadow' ? undefined : decision.actions.find(isPrivateReply);
      if (spender) privateReplies.set(commentKey(event), spender.rule);
    },
    takeDue: (now) => runs.takeDue(now),
    recordExpiry: ({ event, at }, decision) => applyEffects(event, decision, at),
  };
}

/** Facts that are not kept with the contact. */
type Around = Pick<Facts, 'now' | 'recentAnswers' | 'pause' | 'privateReplyHeldBy' | 'nextPostOf' | 'run'> &
  Required<Pick<Facts, 'given'>>;

function factsAbout(writer: Person, { kind, direction, at }: InboundEvent, around: Around): Facts {
  return {
    now: around.now,
    lastInboundAt: later(writer.lastInboundAt, kind === 'message' && direction === 'incoming' ? at : null),
    lastHumanAt: writer.lastHumanAt,
    optedOutAt: writer.optedOutAt,
    pause: around.pause,
    recentAnswers: around.recentAnswers,
    privateReplyHeldBy: around.privateReplyHeldBy,
    firstContact: !writer.isKnown,
    replies: writer.answers,
    lastDisclosedAt: writer.lastDisclosedAt,
    nextPostOf: around.nextPostOf,
    tags: writer.tags,
    fields: writer.fields,
    run: around.run,
    given: around.given,
    beforeStart: false,
  };
}

/** Comments without an author may be from different people, so they have no earlier texts. */
function withText({ said = [] }: Person, { text, contact }: InboundEvent): readonly string[] {
  return text === '' || contact.id === '' ? said : [text, ...said].slice(0, LIMITS.earlierTexts);
}

function personKey({ account, contact }: InboundEvent): PersonKey {
  return { account, id: contact.id };
}

function newPerson(start: Partial<Facts>): Person {
  return {
    lastInboundAt: start.lastInboundAt ?? null,
    lastHumanAt: start.lastHumanAt ?? null,
    optedOutAt: start.optedOutAt ?? null,
    lastDisclosedAt: start.lastDisclosedAt ?? null,
    isKnown: start.firstContact === false,
    answers: start.replies ?? [],
    recent: start.recentAnswers ?? [],
    tags: start.tags ?? [],
    fields: start.fields ?? {},
  };
}

function recordInbound(writer: Person, event: InboundEvent, keepsTexts: boolean): void {
  writer.isKnown = true;
  if (keepsTexts) writer.said = withText(writer, event);
  if (event.kind === 'message') writer.lastInboundAt = later(writer.lastInboundAt, event.at);
}

/**
 * Records a message of a human. A human's reply under a comment is ignored: it concerns only the comment, and
 * comes after its decision.
 */
function recordHuman(writer: Person, { kind, at }: InboundEvent): void {
  if (kind === 'message') writer.lastHumanAt = later(writer.lastHumanAt, at);
}

function heldBy(spent: ReadonlyMap<string, string>, event: InboundEvent): string | undefined {
  return spent.size === 0 ? undefined : spent.get(commentKey(event));
}

function commentKey({ account, comment, id }: InboundEvent): string {
  return `${account ?? ''}/${comment?.platformCommentId ?? id}`;
}

/** An existing pause is never shortened. As in the store, it applies to the contact at every account. */
function pauseFor(pauses: Map<string, Pause>, { contact }: InboundEvent, effect: PlannedEffect): void {
  if (effect.type !== 'pause' && effect.type !== 'handoff') return;
  const { type, rule, until } = effect;
  if (until <= (pauses.get(contact.id)?.until ?? -Infinity)) return;
  pauses.set(contact.id, { scope: `contact:${contact.id}`, until, by: { effect: type, rule } });
}

/** A pause by an effect of a rule; a pause by the owner is given in `start`. */
function pauseOf(pauses: ReadonlyMap<string, Pause>, { contact }: InboundEvent, now: Instant): Pause | null {
  const pause = pauses.get(contact.id);
  return pause && pause.until > now ? pause : null;
}

function rememberReply(writer: Person, event: InboundEvent, decision: Decision, at: Instant): void {
  const acted = actedRules(decision);
  if (acted.size === 0) return;
  const isShadow = decision.reason === 'shadow';
  const { conversationId } = event;
  const postId = postOf(event);
  for (const [rule, how] of acted) {
    writer.answers = withReply(writer.answers, { rule, conversationId, postId, at, times: 1, isShadow });
    if (isShadow || how === 'quiet') continue;
    writer.recent = [...since(writer.recent, at - LIMITS.answerMemory), at];
  }
}

/** The times after `start`; the same list if all are, which is usual. */
function since(times: readonly Instant[], start: Instant): readonly Instant[] {
  return times.every((at) => at > start) ? times : times.filter((at) => at > start);
}

function withReply(answers: readonly PastReply[], given: PastReply): readonly PastReply[] {
  const place = answers.findIndex(
    ({ rule, conversationId, postId, isShadow }) =>
      rule === given.rule &&
      conversationId === given.conversationId &&
      postId === given.postId &&
      isShadow === given.isShadow,
  );
  const before = answers[place];
  if (before === undefined) return [...answers, given];
  return answers.with(place, { ...given, times: before.times + 1 });
}

function isPrivateReply({ type }: PlannedAction): boolean {
  return type === 'private_reply';
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
