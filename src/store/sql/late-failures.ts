import { EVERY_ACCOUNT, probeWait } from '../../domain/block.js';
import { isOneOf } from '../../domain/outcome.js';
import type { Refusal } from '../../domain/refusal.js';
import { ARRIVED_STATES, type Send, type SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { blockRows } from './blocks.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { runRows } from './runs.js';

interface Changed {
  readonly state: SendState;
  readonly detail: string | null;
}

/**
 * Side effects of a status that came after the POST was accepted. `send` is its previous state, with its API
 * id.
 */
type Late = (send: Send, refusal: Refusal | null, change: Changed, now: Instant) => Work<void>;

/**
 * Handles an accepted send that failed later: its attempt is marked as failed and keeps the id of the row,
 * which still counts as ours; the account is put on hold as after an immediate refusal. A send that arrived
 * proves that the account may send again.
 */
export function lateRows(db: SqlRunner): Late {
  const markFailed = db.prepare(
    `update attempts set outcome = 'failed', detail = ?, message_id = ? where send_id = ? and started_at = ?`,
  );
  const block = blockRows(db);
  const { putBack } = runRows(db);
  const refusals = db.prepare<{ refusals: number }>('select refusals from blocks where account = ?');

  return function* (send, refusal, { state, detail }, now) {
    const attemptedAt = send.attemptedAt ?? now;
    if (isOneOf(ARRIVED_STATES, state)) yield* block.liftProven(send.account, attemptedAt);
    if (state !== 'pending' && state !== 'failed') return;
    yield* markFailed.run(detail, send.messageId, send.id, send.attemptedAt);
    if (state === 'pending') yield* putBack(send);
    if (refusal?.meaning.kind !== 'hold') {
      yield* block.liftProven(send.account, attemptedAt);
      return;
    }
    const { scope, cause } = refusal.meaning;
    const account = scope === 'key' ? EVERY_ACCOUNT : send.account;
    const before = yield* refusals.get(account);
    const probeAt = now + probeWait(before?.refusals ?? 0, Math.random());
    yield* block.refuse({ account, cause, detail: detail ?? cause, probeAt }, attemptedAt, now, 'late');
  };
}
