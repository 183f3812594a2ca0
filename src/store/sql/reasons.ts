import type { Reason } from '../../domain/reason.js';
import type { Send, SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { Database, Work } from './database.js';
import { runRows } from './runs.js';

interface EventReasons {
  /** After a send changed: stops what depended on it, and derives the reason of its event anew. */
  settle(
    send: Pick<Send, 'eventId' | 'rule' | 'action'>,
    state: SendState,
    reason: Reason | null,
    now: Instant,
  ): Work<void>;
}

/** An event with sends has the reason that its sends have; this is the one place that derives it. */
export function reasons(db: Database): EventReasons {
  const siblings = db.prepare(
    'select action, state, reason, detail from sends where event_id = ? order by id',
  );
  const stopPublic = db.prepare(
    `update sends set state = 'stopped', reason = ?, detail = 'the private reply did not arrive', ended_at = ?
     where event_id = ? and rule = ? and action = 'comment_reply' and state = 'pending'
       and after_private is distinct from 'always'`,
  );
  // From here on it depends on nothing: neither a retry nor a discard of the private reply changes it again.
  const fallBack = db.prepare(
    `update sends set text = otherwise, otherwise = null, after_private = 'always'
     where event_id = ? and rule = ? and action = 'comment_reply' and state = 'pending' and otherwise is not null`,
  );
  const stopParts = db.prepare(
    `update sends set state = 'stopped', reason = ?, detail = 'the part before it did not arrive', ended_at = ?
     where event_id = ? and rule = ? and action = ? and part > 1 and state = 'pending'`,
  );
  const { follow } = runRows(db);
  const save = db.prepare('update events set reason = ?, detail = ? where id = ?');

  return {
    *settle(send, state, reason, now) {
      if (BAD_ENDS.has(state)) {
        if (send.action === 'private_reply') {
          if (NOT_ARRIVED.has(state)) yield* fallBack.run(send.eventId, send.rule);
          yield* stopPublic.run(reason, now, send.eventId, send.rule);
        }
        const cut = (yield* stopParts.run(reason, now, send.eventId, send.rule, send.action)).changes > 0;
        // Of what was to be said the rest never comes, whatever became of the first part.
        yield* follow(send, cut ? 'stopped' : state, reason, now);
      } else yield* follow(send, state, reason, now);
      const whole = reasonOf((yield* siblings.all(send.eventId)) as Sibling[]);
      yield* save.run(whole.reason, whole.detail, send.eventId);
    },
  };
}

interface Sibling {
  action: string;
  state: SendState;
  reason: Reason | null;
  detail: string | null;
}

const BAD_ENDS: ReadonlySet<SendState> = new Set(['failed', 'unknown_outcome', 'stopped', 'discarded']);
/** Of `unknown_outcome` nobody can tell, so that neither text is surely true; what an owner discards is to be over. */
const NOT_ARRIVED: ReadonlySet<SendState> = new Set(['failed', 'stopped']);
const ENDED: ReadonlySet<SendState> = new Set(['sent', 'delivered', ...BAD_ENDS]);

/** Trouble before success: an owner looks for what did not arrive. Of several troubles the first send's counts. */
function reasonOf(sends: readonly Sibling[]): { reason: Reason; detail: string | null } {
  const open = sends.find((send) => !ENDED.has(send.state));
  if (open) return { reason: open.reason ?? 'queued', detail: open.detail };
  const trouble =
    sends.find((send) => send.state === 'unknown_outcome') ?? sends.find((send) => BAD_ENDS.has(send.state));
  if (!trouble) return { reason: 'replied', detail: null };
  const detail =
    sends.length === 1 ? trouble.detail : `${trouble.action}: ${trouble.detail ?? trouble.state}`;
  return { reason: trouble.reason ?? 'failed', detail };
}
