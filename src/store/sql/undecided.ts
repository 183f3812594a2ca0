import { ACTIVE_RUN_STATES } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { JournalStore, WaitingContact } from '../ports/journal.js';
import { toEvent } from './rows.js';
import type { SqlRunner } from './sql-runner.js';
import { inStates, SEND } from './states.js';

/** Events that are to be decided, in the order of their decisions. */
export function undecided(
  db: SqlRunner,
): Pick<JournalStore, 'undecided' | 'undecidedIn' | 'waitingContacts'> {
  const all = db.prepare(UNDECIDED, toEvent);
  const within = db.prepare(UNDECIDED_IN, toEvent);
  const waiting = db.prepare<WaitingContact>(WAITING);
  return {
    undecided: db.reads(
      (limit: number, now: Instant = Number.MAX_SAFE_INTEGER) => all.all({ limit, now }),
      true,
    ),
    undecidedIn: db.reads(function* (conversationIds: readonly string[], now: Instant) {
      const ids = JSON.stringify(conversationIds);
      return yield* within.all({ ids, now });
    }),
    waitingContacts: db.reads((limit: number, now: Instant, except: readonly string[]) =>
      waiting.all({ limit, now, except: JSON.stringify(except) }),
    ),
  };
}

const IS_READY = `e.reason is null and e.held is null and (e.settle_at is null or e.settle_at <= @now)`;

/** Events of an incomplete walk wait: an older message of the same conversation may still be unread. */
const IS_COMPLETE = `
e.kind not in (select case resource when 'messages' then 'message' else 'comment' end from walks)`;

const MAY_BE_DECIDED = `${IS_READY} and ${IS_COMPLETE}`;

const SAME_CONTACT = `p.contact_id = e.contact_id and coalesce(p.account, '') = coalesce(e.account, '')`;

/** The contacts of the freshest events with all their undecided events; the contact who wrote last is first. */
const UNDECIDED = `
select e.* from events e join (
  select account, contact_id, max(at) as newest from (
    select e.account, e.contact_id, e.at from events e where ${MAY_BE_DECIDED}
    order by e.at desc, e.id desc limit @limit) fresh
  group by account, contact_id) p
on ${SAME_CONTACT}
where ${MAY_BE_DECIDED}
order by p.newest desc, e.at, e.id limit @limit`;

/** The same order as above. Conversations that were read alone need not wait for the walk. */
const UNDECIDED_IN = `
select e.* from events e join (
  select account, contact_id, max(at) as newest from events
  where reason is null and kind = 'message' and conversation_id in (select value from json_each(@ids))
  group by account, contact_id) p
on ${SAME_CONTACT}
where ${IS_READY} and (${IS_COMPLETE} or e.conversation_id in (select value from json_each(@ids)))
order by p.newest desc, e.at, e.id`;

/** Rows among which the freshest contacts are searched: a person may have written many of them. */
const FRESH_ROWS = 250;

/** Contacts about whom a decision depends on more than their only conversation are left out. */
const WAITING = `
select f.conversation_id as "conversationId", f.account, f.contact_id as "contactId" from (
  select e.account, e.contact_id, e.conversation_id, e.at from events e
  where ${IS_READY} and e.kind = 'message' and e.direction = 'incoming' and e.before_start = 0
    and e.account is not null and e.contact_id <> '' and e.conversation_id is not null
    and e.conversation_id not in (select value from json_each(@except))
    and exists (select 1 from walks where resource = 'messages')
  order by e.at desc, e.id desc limit ${FRESH_ROWS}) f
where not exists (select 1 from events o where o.account = f.account and o.contact_id = f.contact_id
    and o.kind = 'message' and o.conversation_id is distinct from f.conversation_id)
  and not exists (select 1 from events h where h.held is not null and h.conversation_id = f.conversation_id)
  and not exists (select 1 from runs r where r.account = f.account and r.contact_id = f.contact_id
    and r.state in ${inStates(ACTIVE_RUN_STATES)})
  and not exists (select 1 from sends d where d.account = f.account and d.contact_id = f.contact_id
    and d.state = ${SEND.awaiting_approval})
group by f.conversation_id, f.account, f.contact_id
order by max(f.at) desc, f.conversation_id limit @limit`;
