import { type InboundEvent, postOf } from '../../domain/event.js';
import type { Decision } from '../../domain/decision.js';
import {
  ACTIVE_RUN_STATES,
  type Funnel,
  RUN_STEPS,
  type RunChange,
  type RunMatch,
  type RunOutcome,
  type RunState,
  type WaitingRun,
} from '../../domain/funnel.js';
import type { Facts } from '../../domain/facts.js';
import { LIMITS } from '../../domain/limits.js';
import type { Reason } from '../../domain/reason.js';
import { NOT_ARRIVED, type Send, type SendState } from '../../domain/send.js';
import { isOneOf } from '../../domain/outcome.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { inStates, SEND, RUN } from './states.js';

interface RunRow {
  id: number;
  rule: string;
  steps: string;
  step: number;
  wrong: number;
  started_at: number;
  asked_at: number;
  match: string;
}

interface StandingRow extends Omit<RunRow, 'steps' | 'asked_at'> {
  outcome: RunOutcome | null;
  steps: string | null;
  asked_at: number | null;
}

export interface RunRows {
  /** The run that was waiting for an answer when the contact wrote, and where they stand in each funnel. */
  of(event: InboundEvent): Work<Pick<Facts, 'run' | 'funnels'>>;
  /**
   * Applies the changes of a decision. Returns false if a run is no longer in the state that the decision was
   * based on.
   */
  change(event: InboundEvent, decision: Decision, now: Instant): Work<boolean>;
  /** Stops the runs of a contact who opted out. */
  stop(account: string, contactId: string, now: Instant): Work<void>;
  /**
   * Puts a run back to `asking` if its question failed late and is sent again: the question counts as not
   * asked.
   */
  putBack(send: Pick<Send, 'eventId' | 'rule' | 'action'>): Work<void>;
  /** To be called after a send changed: the question in it was asked, or never will be. */
  follow(
    send: Pick<Send, 'eventId' | 'rule' | 'action'>,
    state: SendState,
    reason: Reason | null,
    now: Instant,
  ): Work<void>;
}

/** Funnel runs of contacts. `asking`: the question is not sent yet. `sending`: no question follows. */
export function runRows(db: SqlRunner): RunRows {
  const stop = db.prepare(
    `update runs set state = ${RUN.ended}, outcome = ?, detail = ?, ended_at = ?
     where account = ? and contact_id = ? and state in ${inStates(statesFrom(RUN_STEPS.stop))}`,
  );
  const start = starter(db);
  const wait = db.prepare(WAIT);
  const end = db.prepare(END);
  const putBack = db.prepare(PUT_BACK);

  const apply = function* (
    event: InboundEvent,
    change: RunChange,
    isSaid: boolean,
    now: Instant,
  ): Work<boolean> {
    const account = event.account ?? '';
    if (change.kind === 'start') {
      if (change.step !== null) {
        yield* stop.run('replaced', `rule ${change.rule} asks now`, now, account, event.contact.id);
      }
      yield* start(event, change, isSaid, now);
      return true;
    }
    if (change.kind === 'wait') {
      const { run, step, wrong, within, isWork } = change;
      const asked = isSaid && !isWork ? null : now;
      const work = isWork ? now : null;
      return (yield* wait.run({ run, step, wrong, within, asked, work, event: event.id, now })).changes > 0;
    }
    const { run, outcome, detail } = change;
    return (yield* end.run({ run, outcome, detail, now })).changes > 0;
  };

  return {
    of: standings(db),
    *change(event, { runs = [], actions }, now) {
      for (const change of runs) {
        const isSaid = actions.some(({ rule, type }) => rule === change.rule && type !== 'comment_reply');
        if (!(yield* apply(event, change, isSaid, now))) return false;
      }
      return true;
    },
    *stop(account, contactId, now) {
      yield* stop.run('stopped', 'the contact opted out', now, account, contactId);
    },
    *putBack({ eventId: event, rule, action }) {
      if (action !== 'comment_reply') yield* putBack.run({ event, rule });
    },
    follow: follower(db),
  };
}

function standings(db: SqlRunner): RunRows['of'] {
  const ofContact = db.prepare(OF_CONTACT);
  return function* (event) {
    if (event.contact.id === '') return { run: null };
    const rows = (yield* ofContact.all(event.account, event.contact.id)) as StandingRow[];
    const isAnswer = event.kind === 'message' && event.direction === 'incoming';
    const by = event.at + LIMITS.clockSkew;
    const waits = isAnswer ? rows.find((row) => row.steps !== null && (row.asked_at ?? by) <= by) : undefined;
    return { run: waits ? toRun(waits as RunRow) : null, ...standingIn(rows) };
  };
}

function starter(db: SqlRunner) {
  const keep = db.prepare('insert into funnels (steps) values (?) on conflict do nothing');
  const find = db.prepare('select id from funnels where steps = ?');
  const insert = db.prepare(INSERT);
  return function* (
    event: InboundEvent,
    { rule, funnel, step, within, isWork, match }: Extract<RunChange, { kind: 'start' }>,
    isSaid: boolean,
    now: Instant,
  ): Work<void> {
    const steps = JSON.stringify(funnel);
    yield* keep.run(steps);
    // A contact without an id cannot be asked a question.
    const asks = step !== null && event.contact.id !== '';
    const isAsked = asks && (!isSaid || isWork === true);
    const waits: RunState = isAsked ? 'waiting' : 'asking';
    yield* insert.run({
      rule,
      funnel: ((yield* find.get(steps)) as { id: number }).id,
      account: event.account ?? '',
      contact_id: event.contact.id,
      event_id: event.id,
      post_id: postOf(event),
      step: asks ? step : null,
      within,
      state: asks ? waits : 'sending',
      asked_at: isAsked ? now : null,
      deadline: isAsked && !isWork ? now + within : null,
      work_at: isWork ? now : null,
      match: JSON.stringify(match),
      now,
    });
  };
}

function follower(db: SqlRunner): RunRows['follow'] {
  const lastAttempt = db.prepare(
    `select max(attempted_at) as at from sends
     where event_id = @event and rule = @rule and action <> 'comment_reply'`,
  );
  const asked = db.prepare(ASKED);
  const refused = db.prepare(REFUSED);
  const revive = db.prepare(REVIVE);
  return function* ({ eventId: event, rule, action }, state, reason, now) {
    if (action === 'comment_reply' || state === 'awaiting_approval') return;
    if (state === 'pending') yield* revive.run({ event, rule });
    // A question with `unknown_outcome` may have arrived, so an answer is still accepted.
    else if (isOneOf(NOT_ARRIVED, state)) yield* refused.run({ event, rule, reason, now });
    else {
      const { at } = (yield* lastAttempt.get({ event, rule })) as { at: number | null };
      yield* asked.run({ event, rule, now, at: at ?? now });
    }
  };
}

export function toRun(row: RunRow): WaitingRun {
  return {
    id: row.id,
    rule: row.rule,
    funnel: JSON.parse(row.steps) as Funnel,
    step: row.step,
    wrong: row.wrong,
    startedAt: row.started_at,
    askedAt: row.asked_at,
    match: JSON.parse(row.match) as RunMatch,
  };
}

/** The newest run of each rule. */
function standingIn(rows: readonly StandingRow[]): Pick<Facts, 'funnels'> {
  if (rows.length === 0) return {};
  const newest = rows.toSorted((a, b) => a.id - b.id);
  return { funnels: Object.fromEntries(newest.map(({ rule, outcome }) => [rule, outcome ?? 'active'])) };
}

/** The waiting run comes first, with its steps. */
const OF_CONTACT = `
select r.id, r.rule, r.outcome, r.step, r.wrong, r.started_at, r.asked_at, r.match,
  case when r.state = ${RUN.waiting} then f.steps end as steps
from runs r join funnels f on f.id = r.funnel
where r.account = ? and r.contact_id = ?
order by case when r.state = ${RUN.waiting} then 0 else 1 end, r.id desc limit 50`;

const INSERT = `
insert into runs (rule, funnel, account, contact_id, event_id, last_event, post_id, step, wrong, within, state, match,
  started_at, asked_at, deadline, work_at)
values (@rule, @funnel, @account, @contact_id, @event_id, @event_id, @post_id, @step, 0, @within, @state, @match,
  @now, @asked_at, @deadline, @work_at)`;

/**
 * The time limit of the next question starts when it is sent. A repeated question counts as asked already:
 * answers in the meantime are accepted too.
 */
const WAIT = `
update runs set step = @step, wrong = @wrong, within = @within, last_event = @event,
  state = case when @wrong > 0 or cast(@asked as bigint) is not null then ${RUN.waiting} else ${RUN.asking} end,
  asked_at = case when @wrong > 0 then asked_at else @asked end,
  deadline = case when cast(@work as bigint) is not null then null
    when @wrong > 0 then cast(@now as bigint) else cast(@asked as bigint) end + cast(@within as bigint),
  work_at = @work, work_tries = 0,
  answered_at = case when @wrong = 0 then coalesce(answered_at, @now) else answered_at end
where id = @run and state in ${inStates(statesFrom(RUN_STEPS.answer))}`;

const END = `
update runs set state = ${RUN.ended}, outcome = @outcome, detail = @detail, ended_at = @now, deadline = null, work_at = null,
  answered_at = case when @outcome = 'completed' then coalesce(answered_at, @now) else answered_at end
where id = @run and state in ${inStates(statesFrom(RUN_STEPS.end))}`;

/** The time limit starts with the last message of the question, once all of them are being sent. */
const ASKED = `
update runs set sent_at = coalesce(sent_at, @now),
  state = case when step is null then ${RUN.ended} else ${RUN.waiting} end,
  outcome = case when step is null then 'completed' end,
  ended_at = case when step is null then @now end,
  asked_at = @at, deadline = case when step is null or work_at is not null then null else @at + within end
where last_event = @event and rule = @rule and state in ${inStates(statesFrom(RUN_STEPS.asked))}
  and not exists (select 1 from sends p where p.event_id = @event and p.rule = @rule and p.action <> 'comment_reply'
    and p.state in (${SEND.awaiting_approval}, ${SEND.pending}, ${SEND.sending}))`;

/** A list may report later that the message of a completed run without a question failed. */
const REFUSED = `
update runs set state = ${RUN.ended}, ended_at = @now, deadline = null, detail = @reason,
  outcome = case when last_event = event_id then 'refused' else 'failed' end,
  sent_at = case when last_event = event_id then null else sent_at end
where last_event = @event and rule = @rule
  and (state in ${inStates(statesFrom(RUN_STEPS.refuse))} or outcome = 'completed' and step is null)`;

/** Nothing was delivered, so no answer counts and no time limit runs until it is sent again. */
const PUT_BACK = `
update runs set state = case when step is null then ${RUN.sending} else ${RUN.asking} end, outcome = null, ended_at = null,
  detail = null, asked_at = null, deadline = null,
  sent_at = case when last_event = event_id then null else sent_at end
where last_event = @event and rule = @rule
  and (state in ${inStates(statesFrom(RUN_STEPS.put_back))} and (state <> ${RUN.ended} or outcome = 'completed' and step is null))`;

/**
 * Reopens the run of a send that is retried by hand, unless another funnel is active for the contact by now.
 */
const REVIVE = `
update runs set state = case when step is null then ${RUN.sending} else ${RUN.asking} end, outcome = null, ended_at = null,
  detail = null, asked_at = null
where last_event = @event and rule = @rule and state in ${inStates(statesFrom(RUN_STEPS.revive))} and outcome in ('refused', 'failed')
  and (step is null or not exists (select 1 from runs o where o.account = runs.account
    and o.contact_id = runs.contact_id and o.state in ${inStates(ACTIVE_RUN_STATES)}))`;
