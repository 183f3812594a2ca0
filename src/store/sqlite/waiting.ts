import type { Reason } from '../../domain/reason.js';
import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { Store } from '../store.js';
import type { Database } from './open.js';
import { reasons } from './reasons.js';
import { type SendRow, toSend } from './rows.js';

/** Sends that have not left yet, and may no longer be worth it. */
export function waiting(db: Database): Pick<Store, 'waitingSince' | 'stopWaiting'> {
  const since = db.prepare(
    "select * from sends where state = 'pending' and event_at <= ? order by event_at limit ?",
  );
  const stop = db.prepare(
    `update sends set state = 'stopped', reason = ?, detail = ?, ended_at = ?
     where id = ? and attempts = ? and state = 'pending'`,
  );
  const event = reasons(db);
  const end = db.transaction((send: Send, reason: Reason, detail: string, now: Instant): boolean => {
    if (stop.run(reason, detail, now, send.id, send.attempts).changes === 0) return false;
    event.settle(send, 'stopped', reason, now);
    return true;
  });
  return {
    waitingSince: async (before, limit) => (since.all(before, limit) as SendRow[]).map(toSend),
    stopWaiting: async (send, { reason, detail }, now) => end(send, reason, detail, now),
  };
}
