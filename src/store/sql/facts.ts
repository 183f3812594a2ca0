import type { InboundEvent } from '../../domain/event.js';
import type { Facts, GuardFacts, PastReply } from '../../domain/facts.js';
import { LIMITS } from '../../domain/limits.js';
import { NOT_ARRIVED, type Send, WITHDRAWN_STATES } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { ReplyHistory, ReplyRow } from './reply-history.js';
import { contactRows } from './effects.js';
import { humanEndOf } from './human-ends.js';
import { lastHumanOf } from './last-human.js';
import { nextPosts } from './next-posts.js';
import { PAUSED_BY, toPause } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { runRows } from './runs.js';
import { inStates } from './states.js';
import { threads } from './threads.js';
import type { FactsWindow, JournalStore } from '../ports/journal.js';
import type { OutboxStore } from '../ports/outbox.js';

/** The contact and event that the facts are about. */
interface Subject {
  readonly account: string;
  readonly contactId: string;
  readonly conversationId: string | null;
  readonly eventId: string;
  /** The top-level comment of the thread; null for a message. */
  readonly thread: string | null;
  readonly platformCommentId: string | null;
}

/** Reads the facts for decisions and guards. */
export function facts(
  db: SqlRunner,
  memory: ReplyHistory,
): Pick<JournalStore, 'factsFor' | 'beforeStart'> & Pick<OutboxStore, 'guardFacts'> {
  const first = db.prepare(FIRST_CONTACT);
  const disclosed = db.prepare<{ at: number | null }>(DISCLOSED);
  const old = db.prepare(
    'select id from events where id in (select value from json_each(?)) and before_start = 1',
    ({ id }: { id: string }) => id,
  );
  const oldEvent = db.prepare('select 1 from events where id = ? and before_start = 1');
  const guardFacts = guards(db);
  const threadOf = threads(db);
  const contacts = contactRows(db);
  const runs = runRows(db);
  const posts = nextPosts(db);
  const saidBefore = earlierTexts(db);

  return {
    factsFor: db.reads(function* (event: InboundEvent, now: Instant, window: FactsWindow): Work<Facts> {
      const who = { ...subjectOf(event), thread: yield* threadOf(event) };
      const rows = yield* memory.of(who.account, who.contactId);
      return {
        ...(yield* guardFacts(who, now, window)),
        firstContact:
          (yield* first.get(who.account, who.contactId, event.at, event.at, event.id)) === undefined,
        replies: rows.map((row) => toAnswer(row, window.mode)),
        lastDisclosedAt: yield* disclosed.value(who.account, who.contactId),
        ...(yield* contacts.of(who.account, who.contactId)),
        nextPostOf: yield* posts.of(event),
        ...(yield* runs.of(event)),
        ...(window.said === true && { said: yield* saidBefore(event, who.contactId) }),
        beforeStart: (yield* oldEvent.get(event.id)) !== undefined,
      };
    }),
    beforeStart: db.reads(function* (eventIds: readonly string[]) {
      return new Set(yield* old.all(JSON.stringify(eventIds)));
    }, true),
    guardFacts: db.reads((send: Send, now: Instant) =>
      guardFacts(subjectOfSend(send), now, { answers: 0, mode: 'live' }),
    ),
  };
}

function guards(db: SqlRunner): (who: Subject, now: Instant, window: FactsWindow) => Work<GuardFacts> {
  const inbound = db.prepare<{ at: number | null }>(LAST_INBOUND);
  const lastHuman = lastHumanOf(db);
  const humanEnd = humanEndOf(db);
  const optedOut = db.prepare<{ at: number }>('select at from opt_outs where account = ? and contact_id = ?');
  const pauses = db.prepare(PAUSES, toPause);
  const recent = db.prepare<{ at: number }>(RECENT_ANSWERS);
  const held = db.prepare<{ rule: string }>(PRIVATE_REPLY_HELD);
  const answered = db.prepare<{ rule: string }>(PUBLIC_REPLY_HELD);

  return function* ({ account, contactId, thread, platformCommentId, eventId, ...who }, now, window) {
    const wrote = yield* inbound.one(account, contactId);
    const last = yield* lastHuman({ account, contact: contactId, thread, event: eventId });
    const out = yield* optedOut.get(account, contactId);
    const scopes = JSON.stringify(scopesOf({ account, contactId, ...who }));
    const pause = (yield* pauses.get({ now, scopes, event: eventId })) ?? null;
    const since = now - window.answers;
    const answers = yield* recent.all(account, contactId, window.mode, eventId, since);
    // Most events are messages, for which both queries find nothing.
    const isComment = platformCommentId !== null;
    const holder = isComment ? yield* held.get(account, platformCommentId, eventId) : undefined;
    const answer = isComment ? yield* answered.get(account, platformCommentId, eventId) : undefined;
    return {
      now,
      lastInboundAt: wrote.at,
      lastHumanAt: last.human,
      lastAutomationAt: last.automation,
      humanEndedAt: (last.human ?? last.automation) === null ? null : yield* humanEnd(account, contactId),
      optedOutAt: out?.at ?? null,
      pause,
      recentAnswers: answers.map(({ at }) => at),
      privateReplyHeldBy: holder?.rule ?? null,
      publicReplyHeldBy: answer?.rule ?? null,
    };
  };
}

const FIRST_CONTACT = `
select 1 from events where account = ? and contact_id = ? and direction = 'incoming'
  and (at < ? or (at = ? and id < ?)) limit 1`;

/** Deleted texts are empty. */
const SAID = `
select text from events where account = ? and contact_id = ? and direction = 'incoming' and text <> ''
  and (at < ? or (at = ? and id < ?)) order by at desc, id desc limit ${LIMITS.earlierTexts}`;

const DISCLOSED = `
select max(created_at) as at from sends
where account = ? and contact_id = ? and disclosed = 1 and state not in ${inStates(NOT_ARRIVED)}`;

const LAST_INBOUND = `
select max(at) as at from events where account = ? and contact_id = ? and direction = 'incoming' and kind = 'message'`;

/** A pause set by the event itself applies only to later events. */
const PAUSES = `${PAUSED_BY}
where p.scope in (select value from json_each(@scopes)) and (p.until is null or p.until > @now)
  and p.event_id is distinct from @event
order by p.until is null desc, p.until desc limit 1`;

/** In shadow mode live replies count as well, since the contact got them. */
const RECENT_ANSWERS = `
select at from answers
where account = ? and contact_id = ? and mode in ('live', ?) and event_id <> ? and at > ? order by at`;

const PRIVATE_REPLY_HELD = `
select rule from sends where account = ? and platform_comment_id = ? and action = 'private_reply'
  and event_id <> ? and state not in ${inStates(WITHDRAWN_STATES)} limit 1`;

/** Platforms may report a comment twice, under two Blotato ids. */
const PUBLIC_REPLY_HELD = `
select rule from sends where account = ? and platform_comment_id = ? and action = 'comment_reply'
  and event_id <> ? and state not in ${inStates(WITHDRAWN_STATES)} limit 1`;

/**
 * In shadow mode replies decided in shadow count as sent; in live mode they count only for rules in shadow
 * mode.
 */
function toAnswer(row: ReplyRow, mode: FactsWindow['mode']): PastReply {
  const { rule, conversation_id: conversationId, post_id: postId, at, times } = row;
  return { rule, conversationId, postId, at, times, isShadow: mode === 'live' && row.mode === 'shadow' };
}

/** Comments without an author may be from different people, so they have no earlier texts. */
function earlierTexts(db: SqlRunner): (event: InboundEvent, contact: string) => Work<readonly string[]> {
  const said = db.prepare<{ text: string }>(SAID);
  return function* ({ account, at, id }, contact) {
    if (contact === '') return [];
    const rows = yield* said.all(account ?? '', contact, at, at, id);
    return rows.map(({ text }) => text);
  };
}

function scopesOf(who: Pick<Subject, 'account' | 'contactId' | 'conversationId'>): string[] {
  const conversation = who.conversationId === null ? [] : [`conversation:${who.conversationId}`];
  return ['all', `account:${who.account}`, `contact:${who.contactId}`, ...conversation];
}

function subjectOf(event: InboundEvent): Omit<Subject, 'thread'> {
  return {
    account: event.account ?? '',
    contactId: event.contact.id,
    conversationId: event.conversationId,
    eventId: event.id,
    platformCommentId: event.comment?.platformCommentId ?? null,
  };
}

function subjectOfSend(send: Send): Subject {
  const { account, contactId, conversationId, eventId, threadId: thread, platformCommentId } = send;
  return { account, contactId, conversationId, eventId, thread, platformCommentId };
}
