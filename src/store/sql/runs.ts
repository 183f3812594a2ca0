import type { Columns } from './rows.js';
import { type InboundEvent, postOf } from '../../domain/event.js';
import type { Decision } from '../../domain/decision.js';
import {
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
import {
  ASKED,
  END,
  INSERT,
  OF_CONTACT,
  PUT_BACK,
  REFUSED,
  REMINDED,
  REVIVE,
  WAIT,
} from './run-statements.js';
import { inStates, RUN } from './states.js';

interface RunRow extends Columns<Omit<WaitingRun, 'funnel' | 'match'>> {
  steps: string;
  match: string;
}

interface StandingRow extends Omit<RunRow, 'steps' | 'asked_at'> {
  outcome: RunOutcome | null;
  steps: string | null;
  asked_at: number | null;
}

/** The fields of a send that its run depends on. */
type SendOfRun = Pick<Send, 'eventId' | 'rule' | 'action' | 'reminds'>;

type StartChange = Extract<RunChange, { kind: 'start' }>;

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
  putBack(send: SendOfRun): Work<void>;
  /** To be called after a send changed: the question in it was asked, or never will be. */
  follow(send: SendOfRun, state: SendState, reason: Reason | null, now: Instant): Work<void>;
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
  const remind = db.prepare(REMINDED);
  const pass = passer(db);

  const apply = function* (event: InboundEvent, change: RunChange, said: Said, now: Instant): Work<boolean> {
    const account = event.account ?? '';
    if (change.kind === 'start') {
      if (change.step !== null) {
        yield* stop.run('replaced', `rule ${change.rule} asks now`, now, account, event.contact.id);
      }
      yield* start(event, change, said, now);
      return true;
    }
    if (change.kind === 'wait') {
      const { run, step, wrong, within, remindAfter = null, isWork } = change;
      const asked = isHeld(said, isWork) ? null : now;
      const work = isWork ? now : null;
      const values = { run, step, wrong, within, asked, work, event: event.id, now, remind: remindAfter };
      return (yield* wait.run({ ...values, waited: change.waited ? 1 : 0 })).changes > 0;
    }
    if (change.kind === 'remind') {
      const { run, reminded, remindAfter } = change;
      return (yield* remind.run({ run, reminded, remind: remindAfter })).changes > 0;
    }
    const { run, outcome, detail } = change;
    return (yield* end.run({ run, outcome, detail, now, waited: change.waited ? 1 : 0 })).changes > 0;
  };

  return {
    of: standings(db),
    *change(event, { runs = [], actions }, now) {
      for (const change of runs) {
        const own = actions.filter(({ rule, type }) => rule === change.rule && type !== 'comment_reply');
        const awaits = own.some((action) => action.awaits === true);
        if (!(yield* apply(event, change, awaits ? 'draft' : own.length > 0 ? 'text' : 'nothing', now)))
          return false;
        if (change.kind === 'wait' || change.kind === 'end') yield* pass(change.run, change.passed, now);
      }
      return true;
    },
    *stop(account, contactId, now) {
      yield* stop.run('stopped', 'the contact opted out', now, account, contactId);
    },
    *putBack({ eventId: event, rule, action, reminds }) {
      if (action !== 'comment_reply' && reminds !== true) yield* putBack.run({ event, rule });
    },
    follow: follower(db),
  };
}

function standings(db: SqlRunner): RunRows['of'] {
  const ofContact = db.prepare<StandingRow>(OF_CONTACT);
  return function* (event) {
    if (event.contact.id === '') return { run: null };
    const rows = yield* ofContact.all(event.account, event.contact.id);
    const isAnswer = event.kind === 'message' && event.direction === 'incoming';
    const by = event.at + LIMITS.clockSkew;
    const waits = isAnswer ? rows.find((row) => row.steps !== null && (row.asked_at ?? by) <= by) : undefined;
    return { run: waits ? toRun(waits as RunRow) : null, ...standingIn(rows) };
  };
}

function starter(db: SqlRunner) {
  const keep = db.prepare('insert into funnels (steps) values (?) on conflict do nothing');
  const find = db.prepare<{ id: number }>('select id from funnels where steps = ?');
  const insert = db.prepare(INSERT);
  const newest = db.prepare<{ id: number }>(
    'select max(id) as id from runs where last_event = ? and rule = ?',
  );
  const pass = passer(db);
  return function* (event: InboundEvent, change: StartChange, said: Said, now: Instant): Work<void> {
    const { rule, funnel, step, within, match } = change;
    const steps = JSON.stringify(funnel);
    yield* keep.run(steps);
    // A contact without an id cannot be asked a question.
    const asks = step !== null && event.contact.id !== '';
    yield* insert.run({
      rule,
      funnel: (yield* find.one(steps)).id,
      account: event.account ?? '',
      contact_id: event.contact.id,
      event_id: event.id,
      post_id: postOf(event),
      step: asks ? step : null,
      within,
      ...progressOf(change, asks, said, now),
      match: JSON.stringify(match),
      now,
    });
    if (change.passed === undefined || change.passed.length === 0) return;
    yield* pass((yield* newest.one(event.id, rule)).id, change.passed, now);
  };
}

/** Records the steps that a run took. */
function passer(db: SqlRunner) {
  const insert = db.prepare('insert into run_steps (run, step, at) values (?, ?, ?)');
  return function* (run: number, passed: readonly number[] = [], now: Instant): Work<void> {
    for (const step of passed) yield* insert.run(run, step, now);
  };
}

/** Texts of a decision before the step at which its run halts. */
type Said = 'nothing' | 'text' | 'draft';

/** True if the run halts only when the texts before it are sent. Work begins at once, unless they are a draft. */
function isHeld(said: Said, isWork: true | undefined): boolean {
  return said === 'draft' || (said === 'text' && isWork !== true);
}

/** State and times of a run that starts. A time limit starts when the question is sent. */
function progressOf({ within, isWork, remindAfter }: StartChange, asks: boolean, said: Said, now: Instant) {
  const isAsked = asks && !isHeld(said, isWork);
  const waits: RunState = isAsked ? 'waiting' : 'asking';
  return {
    state: asks ? waits : 'sending',
    asked_at: isAsked ? now : null,
    deadline: isAsked && !isWork ? now + within : null,
    work_at: isWork ? now : null,
    remind_after: remindAfter ?? null,
  };
}

function follower(db: SqlRunner): RunRows['follow'] {
  const lastAttempt = db.prepare<{ at: number | null }>(
    `select max(attempted_at) as at from sends
     where event_id = @event and rule = @rule and action <> 'comment_reply'`,
  );
  const asked = db.prepare(ASKED);
  const refused = db.prepare(REFUSED);
  const revive = db.prepare(REVIVE);
  return function* ({ eventId: event, rule, action, reminds }, state, reason, now) {
    // The question of a reminder that does not arrive keeps waiting.
    if (action === 'comment_reply' || reminds === true || state === 'awaiting_approval') return;
    if (state === 'pending') yield* revive.run({ event, rule });
    // A question with `unknown_outcome` may have arrived, so an answer is still accepted.
    else if (isOneOf(NOT_ARRIVED, state)) yield* refused.run({ event, rule, reason, now });
    else {
      const { at } = yield* lastAttempt.one({ event, rule });
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
    reminded: row.reminded,
    match: JSON.parse(row.match) as RunMatch,
  };
}

/** The newest run of each rule. */
function standingIn(rows: readonly StandingRow[]): Pick<Facts, 'funnels'> {
  if (rows.length === 0) return {};
  const newest = rows.toSorted((a, b) => a.id - b.id);
  return { funnels: Object.fromEntries(newest.map(({ rule, outcome }) => [rule, outcome ?? 'active'])) };
}
