import type { Actor } from '../../domain/audit.js';
import type { InboundEvent } from '../../domain/event.js';
import { type ActionType, HUMAN_RULE } from '../../domain/rule.js';
import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { recorder } from './audit.js';
import { sendInserter } from './decide.js';
import { reasons } from './reasons.js';
import { type SendRow, toSend } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { SEND } from './states.js';

interface Written {
  readonly event: InboundEvent;
  readonly type: ActionType;
  readonly text: string;
}

/** Puts a text of a person into the outbox and records it. A public one depends on no private reply. */
export function handWriter(db: SqlRunner): (written: Written, actor: Actor, now: Instant) => Work<Send> {
  const lastPart = db.prepare<{ n: number }>(
    'select coalesce(max(part), 0) as n from sends where event_id = ? and rule = ? and action = ?',
  );
  const note = db.prepare<SendRow>(
    `update sends set approved_at = @now, approved_by = @by
     where event_id = @event and rule = @rule and action = @type and part = @part and state = ${SEND.pending}
     returning *`,
  );
  const insertSend = sendInserter(db);
  const { settle } = reasons(db);
  const record = recorder(db);
  return function* ({ event, type, text }, actor, now) {
    const { n } = yield* lastPart.one(event.id, HUMAN_RULE, type);
    const part = n + 1;
    const after =
      type === 'comment_reply' ? { afterPrivate: { when: 'always', otherwise: null } as const } : {};
    yield* insertSend(
      event,
      { type, rule: HUMAN_RULE, text, delay: 0, disclosed: false, part, ...after },
      now,
    );
    const key = { event: event.id, rule: HUMAN_RULE, type, part };
    const send = toSend(yield* note.one({ now, by: actor.by, ...key }));
    yield* record({ action: 'reply', subject: `send ${send.id}` }, actor, now);
    yield* settle(send, 'pending', null, now);
    return send;
  };
}
