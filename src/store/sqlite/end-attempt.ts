import type { Reason } from '../../domain/reason.js';
import type { Send, SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { AttemptEnd, Delivery, Store } from '../store.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Database } from './open.js';
import { type SendRow, toSend } from './rows.js';
import { reasons } from './reasons.js';

type EndPart = Pick<
  Store,
  'endAttempt' | 'recordDeliveries' | 'dueForLook' | 'postponeLook' | 'explained' | 'isOwnSend'
>;

/** How a send goes on after an attempt or a look, and what its event's reason becomes. */
export function ends(db: Database): EndPart {
  const write = db.prepare(WRITE);
  const endAttempt = db.prepare(
    'update attempts set ended_at = ?, outcome = ?, detail = ? where send_id = ? and ended_at is null',
  );
  const byMessage = db.prepare(
    "select * from sends where route = ? and message_id = ? and state in ('accepted', 'sent')",
  );
  const event = reasons(db);

  const finish = (send: Send, from: readonly SendState[], change: Change, now: Instant): boolean => {
    const written = write.run({
      ...change,
      id: send.id,
      attempts: send.attempts,
      now,
      from: JSON.stringify(from),
    });
    if (written.changes === 0) return false;
    event.settle(send, change.state, change.reason, now);
    return true;
  };

  const end = db.transaction((send: Send, how: AttemptEnd, now: Instant): void => {
    endAttempt.run(now, how.state, 'detail' in how ? how.detail : how.status, send.id);
    finish(send, ['sending', 'ambiguous', 'accepted'], changeOf(send, how), now);
  });

  const deliveries = db.transaction((rows: readonly Delivery[], now: Instant): number => {
    let changed = 0;
    for (const row of rows) {
      // One, as a rule; an API that gave two sends the same id must not make a third of them.
      for (const found of byMessage.all(row.route, row.messageId) as SendRow[]) {
        const send = toSend(found);
        const outcome = outcomeOf(send.action, row.status, row.detail);
        if (outcome.state === send.state) continue;
        if (finish(send, ['accepted', 'sent'], { ...keep(send), ...outcome }, now)) changed += 1;
      }
    }
    return changed;
  });

  return {
    ...looks(db),
    endAttempt: async (send, how, now) => end(send, how, now),
    recordDeliveries: async (rows, now) => deliveries(rows, now),
  };
}

function looks(db: Database) {
  const due = db.prepare(
    "select * from sends where state in ('ambiguous', 'accepted') and check_at <= ? order by check_at limit ?",
  );
  const postpone = db.prepare(
    "update sends set check_at = ?, looks = looks + ? where id = ? and state in ('ambiguous', 'accepted')",
  );
  const tied = db.prepare(
    'select message_id as id from sends where route = ? and message_id in (select value from json_each(?))',
  );
  const seenBefore = db.prepare(
    'select source_id as id from events where id in (select value from json_each(?)) and read_at < ?',
  );
  const ids = (rows: unknown[]) => (rows as { id: string }[]).map((row) => row.id);

  return {
    dueForLook: async (now, limit) => (due.all(now, limit) as SendRow[]).map(toSend),
    postponeLook: async (send, checkAt, look) => {
      postpone.run(checkAt, look === 'counted' ? 1 : 0, send.id);
    },
    isOwnSend: async (route, messageIds) => new Set(ids(tied.all(route, JSON.stringify(messageIds)))),
    explained: async (route, messageIds, before) => {
      const kind = route === 'POST /v2/comments' ? 'comment' : 'message';
      const eventIds = messageIds.map((id) => `${kind}:${id}`);
      return new Set([
        ...ids(tied.all(route, JSON.stringify(messageIds))),
        ...ids(seenBefore.all(JSON.stringify(eventIds), before)),
      ]);
    },
  } satisfies Partial<Store>;
}

interface Change {
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
  readonly messageId: string | null;
  readonly status: string | null;
  readonly conversationId: string | null;
  readonly notBefore: Instant;
  readonly checkAt: Instant | null;
  readonly resends: number;
  readonly looks: number;
}

function keep(send: Send): Omit<Change, 'state' | 'reason' | 'detail'> {
  const { messageId, conversationId, notBefore, checkAt, resends, looks } = send;
  return { messageId, conversationId, notBefore, checkAt, resends, looks, status: null };
}

function changeOf(send: Send, how: AttemptEnd): Change {
  switch (how.state) {
    case 'accepted': {
      const outcome: Outcome = outcomeOf(send.action, how.status, null);
      const { messageId, status, checkAt } = how;
      const conversationId = how.conversationId ?? send.conversationId;
      return { ...keep(send), ...outcome, messageId, status, conversationId, checkAt, looks: 0 };
    }
    case 'pending': {
      const { notBefore, detail } = how;
      const resends = send.resends + (how.resend === true ? 1 : 0);
      return {
        ...keep(send),
        state: 'pending',
        reason: null,
        detail,
        notBefore,
        resends,
        checkAt: null,
        looks: 0,
      };
    }
    case 'ambiguous':
      return {
        ...keep(send),
        state: 'ambiguous',
        reason: null,
        detail: how.detail,
        checkAt: how.checkAt,
        looks: 0,
      };
    case 'sent':
      return { ...keep(send), state: 'sent', reason: 'replied', detail: how.detail, checkAt: null };
    case 'failed':
    case 'unknown_outcome':
    case 'stopped':
      return { ...keep(send), state: how.state, reason: how.reason, detail: how.detail, checkAt: null };
  }
}

/** The row is written only by whoever still owns the attempt. */
const WRITE = `
update sends set state = @state, reason = @reason, detail = @detail, message_id = @messageId,
  status = coalesce(@status, status), conversation_id = @conversationId, not_before = @notBefore, check_at = @checkAt,
  resends = @resends, looks = @looks,
  ended_at = case when @state in ('sent', 'delivered', 'failed', 'unknown_outcome', 'stopped') then @now end
where id = @id and attempts = @attempts and state in (select value from json_each(@from))`;
