import { ARRIVED_STATES } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { Activity, OwnerStore } from '../ports/owner.js';
import type { SqlRunner } from './sql-runner.js';
import { inStates } from './states.js';

/** Activity by account. */
export function activity(db: SqlRunner): Pick<OwnerStore, 'activity'> {
  const commented = db.prepare(
    "select 1 from events where account = ? and kind = 'comment' and direction <> 'outgoing' limit 1",
  );
  const answered = db.prepare<{ account: string; n: number }>(
    `select a.account, count(distinct s.contact_id) as n from attempts a join sends s on s.id = a.send_id
     where a.started_at >= ? and s.state in ${inStates(['accepted', ...ARRIVED_STATES])} group by a.account order by a.account`,
  );
  return {
    activity: db.reads(function* (accounts: readonly string[], since: Instant) {
      const counts = yield* answered.all(since);
      const found: Activity[] = [];
      for (const account of accounts) {
        const hasComments = (yield* commented.get(account)) !== undefined;
        const contacts = counts.find((each) => each.account === account)?.n ?? 0;
        found.push({ account, hasComments, contactsAnswered: contacts });
      }
      return found;
    }),
  };
}
