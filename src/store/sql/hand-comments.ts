import type { CommentTarget } from '../../domain/hand-reply.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import { SEND_STEPS, WITHDRAWN_STATES } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import { reasons } from './reasons.js';
import { type EventRow, type SendRow, toEvent, toSend } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { inStates, SEND } from './states.js';

/** Reads a comment with the state that a person replies to. */
export function commentTargetOf(db: SqlRunner): (eventId: string) => Work<CommentTarget | null> {
  const comment = db.prepare<EventRow>(
    `select * from events where id = ? and kind = 'comment' and direction = 'incoming' and reason is not null
       and account is not null`,
  );
  const holder = db.prepare<SendRow & { readonly approved_by: string | null }>(HOLDER);
  const version = db.prepare<{ heard: number | null; written: number | null }>(VERSION);
  return function* (eventId) {
    const row = yield* comment.get(eventId);
    if (row === undefined) return null;
    const event = toEvent(row);
    const { account, contact } = event;
    const held = yield* holder.get({
      account,
      comment: event.comment?.platformCommentId ?? null,
      event: eventId,
    });
    const known = { account, contact: contact.id, event: eventId, rule: HUMAN_RULE };
    const { heard, written } = yield* version.one(known);
    return {
      event,
      version: `${heard ?? row.seq}.${written ?? 0}`,
      privateReply: held === undefined ? null : toSend(held),
      privateReplyBy: held?.rule === HUMAN_RULE ? held.approved_by : null,
    };
  };
}

/**
 * Reads whether a send holds the comment's only private reply that a reply by hand does not withdraw: it ends drafts for
 * the author and the comment, and stops what waits for the comment.
 */
export function isHeldFor(db: SqlRunner): (target: CommentTarget) => Work<boolean> {
  const held = db.prepare(HELD);
  return function* ({ event: { id: event, account, contact, comment } }) {
    const known = { account, contact: contact.id, event, comment: comment?.platformCommentId ?? null };
    return (yield* held.get({ ...known, rule: HUMAN_RULE })) !== undefined;
  };
}

/** Platforms may report a comment twice, under two ids of Blotato. */
const HOLDERS = `
select * from sends where action = 'private_reply' and state not in ${inStates(WITHDRAWN_STATES)}
  and id in (select id from sends where event_id = @event
    union all select id from sends where account = @account and platform_comment_id = @comment
      and action = 'private_reply')`;

const HOLDER = `${HOLDERS} order by id limit 1`;

const HELD = `
select 1 from (${HOLDERS}) h
where not (event_id = @event and rule <> @rule and state in ${inStates(statesFrom(SEND_STEPS.expire))})
  and not (state = ${SEND.awaiting_approval}
    and (event_id = @event or account = @account and contact_id = @contact and contact_id <> '')) limit 1`;

/** Comments without an author's id may be from different people: only replies to this one count. */
const VERSION = `
select (select max(seq + 0) from events where account = @account and contact_id = @contact and contact_id <> ''
    and direction = 'incoming') as heard,
  (select max(id) from sends where id in (
    select id from sends where event_id = @event and rule = @rule
    union all select id from sends where account = @account and contact_id = @contact and contact_id <> ''
      and rule = @rule)) as written`;

/** Stops the automatic replies to an event that were not sent yet. */
export function waitingStopper(db: SqlRunner): (event: string, detail: string, now: Instant) => Work<void> {
  const stop = db.prepare<SendRow>(
    `update sends set state = 'stopped', reason = 'human_active', detail = @detail, ended_at = @now, check_at = null
     where event_id = @event and rule <> @rule and state in ${inStates(statesFrom(SEND_STEPS.expire))} returning *`,
  );
  const { settle } = reasons(db);
  return function* (event, detail, now) {
    const rows = yield* stop.all({ event, detail, now, rule: HUMAN_RULE });
    // All are stopped before: a public reply must not fall back to its other text.
    for (const row of rows) yield* settle(toSend(row), 'stopped', 'human_active', now);
  };
}
