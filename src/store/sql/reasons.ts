import { dependentsOf, eventReasonOf } from '../../domain/outcome.js';
import type { Reason } from '../../domain/reason.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import type { Send, SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { runRows } from './runs.js';
import { SEND } from './states.js';

interface EventReasons {
  /** To be called after a send changed: stops its dependents, and derives the reason of its event again. */
  settle(
    send: Pick<Send, 'eventId' | 'rule' | 'action' | 'reminds'>,
    state: SendState,
    reason: Reason | null,
    now: Instant,
  ): Work<void>;
}

/** The reason of an event with sends is derived from them; written only here. */
export function reasons(db: SqlRunner): EventReasons {
  // A reminder that was not needed changes nothing about the reply.
  const siblings = db.prepare<Sibling>(
    `select action, state, reason, detail from sends
     where event_id = ? and not (reminds = 1 and state = ${SEND.stopped}) order by id`,
  );
  const stopPublic = db.prepare(
    `update sends set state = ${SEND.stopped}, reason = ?, detail = 'the private reply did not arrive', ended_at = ?
     where event_id = ? and rule = ? and action = 'comment_reply' and state = ${SEND.pending}
       and after_private is distinct from 'always'`,
  );
  // With its alternative text the public reply is independent: neither a retry nor a discard of the private
  // reply changes it again.
  const fallBack = db.prepare(
    `update sends set text = otherwise, otherwise = null, after_private = 'always'
     where event_id = ? and rule = ? and action = 'comment_reply' and state = ${SEND.pending} and otherwise is not null`,
  );
  const stopParts = db.prepare(
    `update sends set state = ${SEND.stopped}, reason = ?, detail = 'the part before it did not arrive', ended_at = ?
     where event_id = ? and rule = ? and action = ? and part > 1 and rule <> '${HUMAN_RULE}' and state = ${SEND.pending}`,
  );
  const { follow } = runRows(db);
  const save = db.prepare('update events set reason = ?, detail = ? where id = ?');

  return {
    *settle(send, state, reason, now) {
      const { eventId, rule, action } = send;
      const { parts, publicAnswer } = dependentsOf(action, state);
      if (publicAnswer === 'fall_back') yield* fallBack.run(eventId, rule);
      if (publicAnswer !== 'wait') yield* stopPublic.run(reason, now, eventId, rule);
      const isCut =
        parts === 'stop' &&
        send.reminds !== true &&
        (yield* stopParts.run(reason, now, eventId, rule, action)).changes > 0;
      // The rest of the text is never sent, whatever the outcome of the first part.
      yield* follow(send, isCut ? 'stopped' : state, reason, now);
      const whole = eventReasonOf(yield* siblings.all(eventId));
      yield* save.run(whole.reason, whole.detail, eventId);
    },
  };
}

type Sibling = Pick<Send, 'action' | 'state' | 'reason' | 'detail'>;
