import { HUMAN_RULE } from '../../domain/rule.js';
import type { Instant } from '../../domain/time.js';
import type { OpenHandoff, OwnerStore } from '../ports/owner.js';
import type { SqlRunner } from './sql-runner.js';

/**
 * SQL condition on `handoffs h`: not marked as done, and the account has no later message that this program
 * did not send.
 */
export const OPEN_HANDOFF = `
h.at > @since and h.done_at is null and not exists (
  select 1 from events e where e.account = h.account and e.contact_id = h.contact_id and e.direction = 'outgoing'
    and e.at > h.at
    and not exists (select 1 from sends s where s.message_id = e.source_id
      and s.route = case e.kind when 'message' then 'POST /v2/messages' else 'POST /v2/comments' end)
    and not exists (select 1 from sends s where s.account = h.account and s.contact_id = h.contact_id
      and s.text = e.text and s.attempts > 0))
  and not exists (select 1 from sends s where s.account = h.account and s.contact_id = h.contact_id
    and s.rule = '${HUMAN_RULE}' and s.created_at > h.at)`;

/** Reads open handoffs, newest first. */
export function openHandoffs(db: SqlRunner): OwnerStore['openHandoffs'] {
  const latest = db.prepare<OpenHandoff>(
    `select id, rule, account, contact_id as "contactId", note, at, event_id as "eventId",
       (select coalesce(contact_name, contact_username) from events e where e.account = h.account
         and e.contact_id = h.contact_id and coalesce(contact_name, contact_username) is not null
         order by e.at desc limit 1) as name,
       (select text from events e where e.id = h.event_id) as request,
       (select text from events e where e.account = h.account and e.contact_id = h.contact_id
         and e.direction = 'incoming' order by e.at desc limit 1) as words
     from handoffs h where ${OPEN_HANDOFF} order by id desc limit @limit`,
  );
  return db.reads((since: Instant, limit: number) => latest.all({ since, limit }));
}
