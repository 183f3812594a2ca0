import type { CommentFields, InboundEvent } from '../../domain/event.js';
import type { Pause } from '../../domain/facts.js';
import type { Send } from '../../domain/send.js';
import { HOUR } from '../../domain/time.js';
import { readJournalled } from '../ports/journalled-decision.js';
import type { JournalRow } from '../ports/journal.js';

/** The columns of a type, named in snake case as the database names them. */
export type Columns<T> = { readonly [Key in keyof T & string as SnakeCase<Key>]: T[Key] };

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : '';

/** The columns of `events` as returned by the database. */
export interface EventRow
  extends
    Columns<Omit<InboundEvent, 'contact' | 'comment'>>,
    Columns<CommentFields>,
    Columns<Pick<JournalRow, 'seq' | 'rule' | 'reason' | 'detail' | 'decidedAt'>> {
  contact_id: string;
  contact_name: string | null;
  contact_username: string | null;
  before_start: number;
  trace: string | null;
  work: string | null;
}

/** The columns of `sends`. */
export interface SendRow extends Columns<Omit<Send, 'reminds' | 'buttons' | 'checks'>> {
  lane: string;
  reminds: number;
  buttons: string | null;
  looks: number;
}

export function toEvent(row: EventRow): InboundEvent {
  return {
    id: row.id,
    kind: row.kind,
    platform: row.platform,
    account: row.account,
    sourceId: row.source_id,
    conversationId: row.conversation_id,
    contact: { id: row.contact_id, name: row.contact_name, username: row.contact_username },
    text: row.text,
    at: row.at,
    direction: row.direction,
    comment:
      row.kind === 'comment'
        ? {
            postId: row.post_id,
            platformPostId: row.platform_post_id,
            platformCommentId: row.platform_comment_id,
            parentId: row.parent_id,
          }
        : null,
  };
}

export function toJournalRow(row: EventRow): JournalRow {
  return {
    seq: row.seq,
    event: toEvent(row),
    rule: row.rule,
    reason: row.reason,
    detail:
      row.work === null ? row.detail : [row.detail, row.work].filter((part) => part !== null).join('; '),
    ...readJournalled(row.trace),
    decidedAt: row.decided_at,
  };
}

export function toSend(row: SendRow): Send {
  return {
    id: row.id,
    eventId: row.event_id,
    rule: row.rule,
    action: row.action,
    route: row.route,
    platform: row.platform,
    account: row.account,
    contactId: row.contact_id,
    conversationId: row.conversation_id,
    postId: row.post_id,
    commentId: row.comment_id,
    // Sends from before version 18 of the store have no thread id: the comment that they reply to is used
    // instead.
    threadId: row.thread_id ?? row.comment_id,
    platformCommentId: row.platform_comment_id,
    text: row.text,
    ...(row.reminds === 1 && { reminds: true }),
    buttons: row.buttons === null ? null : (JSON.parse(row.buttons) as NonNullable<Send['buttons']>),
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    eventAt: row.event_at,
    createdAt: row.created_at,
    notBefore: row.not_before,
    messageId: row.message_id,
    attempts: row.attempts,
    attemptedAt: row.attempted_at,
    resends: row.resends,
    checkAt: row.check_at,
    checks: row.looks,
  };
}

/** Events since `@since`, by the index of SQLite that has them in the order of their hours, which aggregates group by. */
export const SINCE_HOUR = `at / ${HOUR} >= cast(@since as bigint) / ${HOUR} and +at >= @since`;

/** Pauses with the rules that caused them; a condition and an order follow. */
export const PAUSED_BY = `
select p.scope, p.until, e.rule, h.rule as handed from pauses p left join events e on e.id = p.event_id
left join handoffs h on h.id = (select max(o.id) from handoffs o
  where o.account = e.account and o.contact_id = e.contact_id and o.event_id = e.id)`;

export interface PauseRow {
  readonly scope: string;
  readonly until: number | null;
  readonly rule: string | null;
  readonly handed: string | null;
}

export function toPause({ scope, until, rule, handed }: PauseRow): Pause {
  const by = { effect: handed === null ? 'pause' : 'handoff', rule: handed ?? rule ?? '' } as const;
  return { scope, until: until ?? Infinity, ...(by.rule !== '' && { by }) };
}
