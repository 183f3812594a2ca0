import { ACTIVE_RUN_STATES, RUN_STEPS } from '../../domain/funnel.js';
import { statesFrom } from '../../domain/transitions.js';
import { inStates, RUN, SEND } from './states.js';

/** The waiting run comes first, with its steps. */
export const OF_CONTACT = `
select r.id, r.rule, r.outcome, r.step, r.wrong, r.started_at, r.asked_at, r.reminded, r.match,
  case when r.state = ${RUN.waiting} then f.steps end as steps
from runs r join funnels f on f.id = r.funnel
where r.account = ? and r.contact_id = ?
order by case when r.state = ${RUN.waiting} then 0 else 1 end, r.id desc limit 50`;

export const INSERT = `
insert into runs (rule, funnel, account, contact_id, event_id, last_event, post_id, step, wrong, within, state, match,
  started_at, asked_at, deadline, work_at, remind_after)
values (@rule, @funnel, @account, @contact_id, @event_id, @event_id, @post_id, @step, 0, @within, @state, @match,
  @now, @asked_at, @deadline, @work_at, @remind_after)`;

/**
 * The time limit of the next question starts when it is sent. A repeated question counts as asked already:
 * answers in the meantime are accepted too.
 */
export const WAIT = `
update runs set step = @step, wrong = @wrong, within = @within, last_event = @event,
  state = case when @wrong > 0 or cast(@asked as bigint) is not null then ${RUN.waiting} else ${RUN.asking} end,
  asked_at = case when @wrong > 0 then asked_at else @asked end,
  deadline = case when cast(@work as bigint) is not null then null
    when @wrong > 0 then cast(@now as bigint) else cast(@asked as bigint) end + cast(@within as bigint),
  work_at = @work, work_tries = 0,
  answered_at = case when @wrong = 0 and @waited = 0 then coalesce(answered_at, @now) else answered_at end,
  waited = waited + @waited, reminded = case when @wrong > 0 then reminded else 0 end,
  remind_after = case when @wrong > 0 then null else cast(@remind as bigint) end
where id = @run and state in ${inStates(statesFrom(RUN_STEPS.answer))}`;

export const END = `
update runs set state = ${RUN.ended}, outcome = @outcome, detail = @detail, ended_at = @now, deadline = null, work_at = null,
  answered_at = case when @outcome = 'completed' and @waited = 0 then coalesce(answered_at, @now) else answered_at end
where id = @run and state in ${inStates(statesFrom(RUN_STEPS.end))}`;

/** The time limit starts with the last message of the question, once all of them are being sent. */
export const ASKED = `
update runs set sent_at = coalesce(sent_at, @now),
  state = case when step is null then ${RUN.ended} else ${RUN.waiting} end,
  outcome = case when step is null then 'completed' end,
  ended_at = case when step is null then @now end,
  asked_at = @at, deadline = case when step is null or work_at is not null then null else @at + within end
where last_event = @event and rule = @rule and state in ${inStates(statesFrom(RUN_STEPS.asked))}
  and not exists (select 1 from sends p where p.event_id = @event and p.rule = @rule and p.action <> 'comment_reply'
    and p.state in (${SEND.awaiting_approval}, ${SEND.pending}, ${SEND.sending}))`;

export const REMINDED = `
update runs set reminded = @reminded, remind_after = cast(@remind as bigint) where id = @run and state = ${RUN.waiting}`;

/** A list may report later that the message of a completed run without a question failed. */
export const REFUSED = `
update runs set state = ${RUN.ended}, ended_at = @now, deadline = null, detail = @reason,
  outcome = case when last_event = event_id and waited = 0 then 'refused' else 'failed' end,
  sent_at = case when last_event = event_id and waited = 0 then null else sent_at end
where last_event = @event and rule = @rule
  and (state in ${inStates(statesFrom(RUN_STEPS.refuse))} or outcome = 'completed' and step is null)`;

/** Nothing was delivered, so no answer counts and no time limit runs until it is sent again. */
export const PUT_BACK = `
update runs set state = case when step is null then ${RUN.sending} else ${RUN.asking} end, outcome = null, ended_at = null,
  detail = null, asked_at = null, deadline = null,
  sent_at = case when last_event = event_id then null else sent_at end
where last_event = @event and rule = @rule
  and (state in ${inStates(statesFrom(RUN_STEPS.put_back))} and (state <> ${RUN.ended} or outcome = 'completed' and step is null))`;

/**
 * Reopens the run of a send that is retried by hand, unless another funnel is active for the contact by now.
 */
export const REVIVE = `
update runs set state = case when step is null then ${RUN.sending} else ${RUN.asking} end, outcome = null, ended_at = null,
  detail = null, asked_at = null
where last_event = @event and rule = @rule and state in ${inStates(statesFrom(RUN_STEPS.revive))} and outcome in ('refused', 'failed')
  and (step is null or not exists (select 1 from runs o where o.account = runs.account
    and o.contact_id = runs.contact_id and o.state in ${inStates(ACTIVE_RUN_STATES)}))`;
