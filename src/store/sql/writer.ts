import { HUMAN_RULE } from '../../domain/rule.js';

/** SQL expression for the writer of an event `e`, with the send `s` that it is, as `WRITTEN_AS` joins it. */
export const WRITER = `
case when e.direction = 'incoming' then 'contact' when e.direction = 'unknown' then 'unknown'
  when s.rule = '${HUMAN_RULE}' then 'human'
  when s.id is not null or exists (select 1 from attempts a where a.message_id = e.source_id) then 'rule'
  else 'human' end`;

/** Joins the send that an event of the account is. */
export const WRITTEN_AS = `
left join sends s on e.direction = 'outgoing' and s.message_id = e.source_id
  and s.route = case e.kind when 'message' then 'POST /v2/messages' else 'POST /v2/comments' end`;
