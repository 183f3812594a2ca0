import type { Direction, EventKind, InboundEvent, Platform } from '../../domain/event.js';
import type { Pause } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { ActionType } from '../../domain/rule.js';
import type { Send, SendRoute, SendState } from '../../domain/send.js';
import { readJournalled } from '../ports/journalled-decision.js';
import type { JournalRow } from '../ports/journal.js';

/** The columns of `events` as returned by the database. */
export interface EventRow {
  seq: number;
  id: string;
  kind: EventKind;
  platform: Platform;
  account: string | null;
  source_id: string;
  conversation_id: string | null;
  contact_id: string;
  contact_name: string | null;
  contact_username: string | null;
  text: string;
  at: number;
  direction: Direction;
  before_start: number;
  post_id: string | null;
  platform_post_id: string | null;
  platform_comment_id: string | null;
  parent_id: string | null;
  rule: string | null;
  reason: Reason | null;
  detail: string | null;
  trace: string | null;
  decided_at: number | null;
  work: string | null;
}

export interface SendRow {
  id: number;
  event_id: string;
  rule: string;
  action: ActionType;
  route: SendRoute;
  platform: Platform;
  account: string;
  lane: string;
  contact_id: string;
  conversation_id: string | null;
  post_id: string | null;
  comment_id: string | null;
  thread_id: string | null;
  platform_comment_id: string | null;
  reminds: number;
  text: string;
  buttons: string | null;
  state: SendState;
  reason: Reason | null;
  detail: string | null;
  event_at: number;
  created_at: number;
  not_before: number;
  message_id: string | null;
  attempts: number;
  attempted_at: number | null;
  resends: number;
  check_at: number | null;
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

export function toPause({ scope, until }: { scope: string; until: number | null }): Pause {
  return { scope, until: until ?? Infinity };
}
