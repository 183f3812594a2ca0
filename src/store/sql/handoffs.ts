import { HUMAN_RULE } from '../../domain/rule.js';

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
