import { type SendOutcome, outcomeOf } from '../../domain/outcome.js';
import type { Reason } from '../../domain/reason.js';
import { FINAL_STATES, SEND_STEPS, type Send, type SendState, type SendStep } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { statesBefore, statesFrom } from '../../domain/transitions.js';
import { type BlockRows, blockRows } from './blocks.js';
import { attemptOf, counter } from './counts.js';
import { checks } from './checks.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { type SendRow, toSend } from './rows.js';
import { lateRows } from './late-failures.js';
import { inStates } from './states.js';
import { reasons } from './reasons.js';
import type { AttemptEnd } from '../../domain/attempt.js';
import type { DeliveryStatus, PollStore } from '../ports/polls.js';
import type { OutboxStore } from '../ports/outbox.js';

/** The end of an attempt or a check, and the statuses reported by lists. */
export function ends(
  db: SqlRunner,
): Pick<OutboxStore, 'endAttempt'> & Pick<PollStore, 'recordDeliveries'> & ReturnType<typeof checks> {
  const finish = finisher(db);
  return { ...checks(db), ...attemptEnds(db, finish), ...deliveries(db, finish) };
}

/**
 * Writes a change of a send if the step allows it from its current state; settles its dependents. Returns
 * null if it does not.
 */
type Finish = (step: SendStep, send: Send, change: Change, now: Instant) => Work<Change | null>;

function finisher(db: SqlRunner): Finish {
  const write = db.prepare(WRITE);
  const event = reasons(db);
  const named = holderNamer(db);
  return function* (step, send, wanted, now) {
    const change = yield* named(send, wanted);
    const written = yield* write.run({
      ...change,
      // A failed attempt keeps its id in its own row.
      dropsId: change.state === 'pending' && send.messageId !== null ? 1 : 0,
      id: send.id,
      attempts: send.attempts,
      now,
      from: JSON.stringify(statesBefore(SEND_STEPS[step], change.state)),
    });
    if (written.changes === 0) return null;
    yield* event.settle(send, change.state, change.reason, now);
    return change;
  };
}

function attemptEnds(db: SqlRunner, finish: Finish): Pick<OutboxStore, 'endAttempt'> {
  const endAttempt = db.prepare(
    'update attempts set ended_at = ?, outcome = ?, detail = ? where send_id = ? and ended_at is null',
  );
  const uncount = db.prepare(
    'delete from calls where rowid = (select rowid from calls where route = ? and at = ? limit 1)',
  );
  const block = blockRows(db);
  const late = lateRows(db);
  const count = counter(db);
  return {
    endAttempt: db.transaction(function* (send: Send, how: AttemptEnd, now: Instant): Work<boolean> {
      const change = yield* finish('end', send, changeOf(send, how), now);
      if (!change) return false;
      yield* noteBlock(send, how, block, now);
      if (how.state === 'accepted')
        yield* late({ ...send, messageId: how.messageId }, how.refusal ?? null, change, now);
      const neverLeft = how.state === 'stopped' || (how.state === 'pending' && how.isUncounted === true);
      if (neverLeft) yield* uncount.run(send.route, send.attemptedAt);
      const outcome = how.state === 'pending' && neverLeft ? 'nothing_left' : how.state;
      const ended = yield* endAttempt.run(
        now,
        outcome,
        'status' in how ? (change.detail ?? how.status) : how.detail,
        send.id,
      );
      // A later check of the send finds its attempt ended, and is not an attempt.
      if (ended.changes > 0) yield* count([attemptOf(send, how.state)]);
      return true;
    }),
  };
}

function deliveries(db: SqlRunner, finish: Finish): Pick<PollStore, 'recordDeliveries'> {
  const byMessage = db.prepare<SendRow>(
    `select * from sends where route = ? and message_id = ? and state in ${inStates(statesFrom(SEND_STEPS.list))}`,
  );
  const late = lateRows(db);
  const record = db.transaction(function* (rows: readonly DeliveryStatus[], now: Instant): Work<Send[]> {
    const changed: Send[] = [];
    for (const row of rows) {
      // Usually one send has the id. If the API gave two sends the same id, the status must not lead to a
      // third send.
      for (const found of yield* byMessage.all(row.route, row.messageId)) {
        const send = toSend(found);
        const outcome = outcomeOf(send, row.status, row.refusal);
        if (!SEND_STEPS.list[send.state]?.includes(outcome.state)) continue;
        const change = yield* finish(
          'list',
          send,
          { ...keep(send), ...outcome, ...uncheckedIf(outcome) },
          now,
        );
        if (!change) continue;
        yield* late(send, row.refusal, change, now);
        const { state, reason, detail } = change;
        changed.push({ ...send, state, reason, detail });
      }
    }
    return changed;
  });
  return { recordDeliveries: ofOurs(db, record) };
}

/**
 * Passes only the rows of our own sends to `record`. Most pages have no such row, and then nothing has to be
 * written.
 */
function ofOurs(
  db: SqlRunner,
  record: (rows: readonly DeliveryStatus[], now: Instant) => Promise<readonly Send[]>,
): PollStore['recordDeliveries'] {
  const ours = db.prepare<{ id: string }>(
    'select message_id as id from sends where route = ? and message_id in (select value from json_each(?))',
  );
  const idsOf = db.reads(function* (route: string, ids: readonly string[]): Work<readonly string[]> {
    return (yield* ours.all(route, JSON.stringify(ids))).map(({ id }) => id);
  }, true);
  return async (rows, at) => {
    const found: DeliveryStatus[] = [];
    for (const route of new Set(rows.map((row) => row.route))) {
      const ofRoute = rows.filter((row) => row.route === route);
      const ids = new Set(
        await idsOf(
          route,
          ofRoute.map((row) => row.messageId),
        ),
      );
      found.push(...ofRoute.filter((row) => ids.has(row.messageId)));
    }
    return found.length === 0 ? [] : record(found, at);
  };
}

/**
 * Names the sender of the existing private reply. The refusal "already has a reply" does not say: it may be
 * an earlier attempt of this send, another of our rules, or another tool.
 */
function holderNamer(db: SqlRunner): (send: Send, change: Change) => Work<Change> {
  const before = db.prepare(ATTEMPT_BEFORE);
  const holder = db.prepare<{ rule: string }>(HOLDER);
  return function* (send, change) {
    if (change.state !== 'failed' || change.reason !== 'private_reply_used') return change;
    if ((yield* before.get(send.id, send.attemptedAt)) !== undefined) {
      return { ...change, state: 'sent', reason: 'replied', detail: HAS_ITS_REPLY };
    }
    const ours = yield* holder.get(send.platformCommentId, send.id);
    const who = ours === undefined ? 'another tool used it' : `our rule ${ours.rule} used it`;
    return { ...change, detail: `${who} (${change.detail ?? ''})` };
  };
}

const HAS_ITS_REPLY = 'the API reports that the comment already has its private reply';

function* noteBlock(send: Send, how: AttemptEnd, block: BlockRows, now: Instant): Work<void> {
  if (how.state === 'pending' && how.block) yield* block.refuse(how.block, send.attemptedAt ?? now, now);
  // An accepted send, or one refused for another reason, proves that the account is no longer refused.
  if (how.state === 'accepted') yield* block.liftAtOnce(send.account);
  else if (how.state === 'sent' || how.state === 'failed') yield* block.lift(send.account);
}

interface Change {
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
  readonly messageId: string | null;
  readonly status: string | null;
  readonly conversationId: string | null;
  readonly notBefore: Instant;
  readonly checkAt: Instant | null;
  readonly resends: number;
  readonly checks: number;
}

function keep(send: Send): Omit<Change, 'state' | 'reason' | 'detail'> {
  const { messageId, conversationId, notBefore, checkAt, resends, checks } = send;
  return { messageId, conversationId, notBefore, checkAt, resends, checks, status: null };
}

/** A send waiting to be sent again is not checked. */
function uncheckedIf({ state }: SendOutcome): Partial<Change> {
  return state === 'pending' ? { messageId: null, checkAt: null, checks: 0 } : {};
}

function changeOf(send: Send, how: AttemptEnd): Change {
  switch (how.state) {
    case 'accepted': {
      const outcome: SendOutcome = outcomeOf(send, how.status, how.refusal ?? null);
      const { messageId, status, checkAt } = how;
      const conversationId = how.conversationId ?? send.conversationId;
      const change = { ...keep(send), ...outcome, messageId, status, conversationId, checkAt, checks: 0 };
      return { ...change, ...uncheckedIf(outcome) };
    }
    case 'pending': {
      const { notBefore, detail, reason = null } = how;
      const resends = send.resends + (how.isResend === true ? 1 : 0);
      return {
        ...keep(send),
        state: 'pending',
        reason,
        detail,
        notBefore,
        resends,
        checkAt: null,
        checks: 0,
      };
    }
    case 'ambiguous':
      return {
        ...keep(send),
        state: 'ambiguous',
        reason: null,
        detail: how.detail,
        checkAt: how.checkAt,
        checks: 0,
      };
    case 'sent':
      return { ...keep(send), state: 'sent', reason: 'replied', detail: how.detail, checkAt: null };
    case 'failed':
    case 'unknown_outcome':
    case 'stopped':
      return { ...keep(send), state: how.state, reason: how.reason, detail: how.detail, checkAt: null };
  }
}

const ATTEMPT_BEFORE = `
select 1 from attempts
where send_id = ? and started_at < ? and outcome in ('accepted', 'ambiguous', 'sent', 'unknown_outcome') limit 1`;

const HOLDER = `
select rule from sends s where platform_comment_id = ? and action = 'private_reply' and id <> ?
  and exists (select 1 from attempts a where a.send_id = s.id and a.outcome in ('accepted', 'ambiguous', 'sent'))
order by id limit 1`;

/** Writes the end only if the attempt still belongs to the caller. */
const WRITE = `
update sends set state = @state, reason = @reason, detail = @detail, message_id = case when @dropsId = 1 then null else coalesce(@messageId, message_id) end,
  status = coalesce(@status, status), conversation_id = coalesce(@conversationId, conversation_id),
  not_before = @notBefore, check_at = @checkAt, resends = @resends, looks = @checks,
  ended_at = case when @state in ${inStates(FINAL_STATES)} then cast(@now as bigint) end
where id = @id and attempts = @attempts and state in (select value from json_each(@from))`;
