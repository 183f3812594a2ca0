import { EVERY_ACCOUNT } from '../../domain/block.js';
import { HOUR, type Instant, MINUTE } from '../../domain/time.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import { BLOCKING_STATES, CHECKED_STATES, type SendRoute } from '../../domain/send.js';
import { blockRows } from './blocks.js';
import { attemptOf, counter } from './counts.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { type SendRow, toSend } from './rows.js';
import { inStates, SEND } from './states.js';
import type { Claim, SendBudget, OutboxStore } from '../ports/outbox.js';

/**
 * Claims a send for a single owner: its state becomes `sending`, its attempt is recorded and its request
 * counted, in the transaction that finds it. The POST is made only after this commit, because the API has no
 * idempotency key.
 */
export function claims(db: SqlRunner): Pick<OutboxStore, 'claimSend' | 'recoverSends' | 'nextCheckAt'> {
  const countCalls = db.prepare<{ n: number; oldest: number | null }>(
    'select count(*) as n, min(at) as oldest from calls where route = ? and at > ?',
  );
  const fullAccounts = db.prepare<{ account: string; oldest: number }>(FULL_ACCOUNTS);
  const find = finder(db);
  const nextPending = db.prepare<{ at: number | null }>(
    `select min(not_before) as at from sends where state = ${SEND.pending} and route = ? and not_before > ?`,
  );
  const take = db.prepare<SendRow>(
    `update sends set state = ${SEND.sending}, attempts = attempts + 1, attempted_at = ? where id = ? and state = ${SEND.pending} returning *`,
  );
  const noteAttempt = db.prepare('insert into attempts (send_id, account, started_at) values (?, ?, ?)');
  const block = blockRows(db);
  const noteCall = db.prepare('insert into calls values (?, ?)');
  const nextLook = db.prepare<{ at: number | null }>(
    `select min(check_at) as at from sends where state in ${inStates(CHECKED_STATES)}`,
  );

  const claim = db.transaction(function* (
    route: SendRoute,
    now: Instant,
    budget: SendBudget,
    eventIds: readonly string[] | null = null,
  ): Work<Claim> {
    const { perMinute, perHourPerAccount, margin = 0 } = budget;
    const minute = MINUTE + margin;
    const calls = yield* countCalls.one(route, now - minute);
    if (calls.n >= perMinute) return { send: null, retryAt: (calls.oldest ?? now) + minute };

    const blocked = yield* block.silent(now);
    if (blocked.accounts.includes(EVERY_ACCOUNT)) return { send: null, retryAt: blocked.askAt };

    const full = yield* fullAccounts.all({ since: now - HOUR, most: perHourPerAccount });
    const silent = [...full.map((each) => each.account), ...blocked.accounts];
    const found = yield* find(route, now, silent, eventIds);
    if (!found) {
      const pending = yield* nextPending.one(route, now);
      return { send: null, retryAt: earliest(full, [pending.at, blocked.askAt]) };
    }

    const taken = yield* take.one(now, found.id);
    yield* noteAttempt.run(taken.id, taken.account, now);
    yield* noteCall.run(route, now);
    yield* block.noteProbe(toSend(taken), now);
    return { send: toSend(taken) };
  });

  return {
    claimSend: claim,
    ...recovery(db),
    nextCheckAt: db.reads(() => nextLook.value()),
  };
}

/**
 * Finds the next send: the newest that is due, of the account that sent least in the last minute, so that a
 * flooded account does not starve another.
 */
function finder(
  db: SqlRunner,
): (
  route: SendRoute,
  now: Instant,
  silent: readonly string[],
  eventIds: readonly string[] | null,
) => Work<SendRow | null> {
  const waiting = db.prepare<{ account: string; n: number }>(WAITING);
  const candidate = db.prepare<SendRow>(CANDIDATE);
  return function* (route, now, silent, eventIds) {
    const only = eventIds === null ? null : JSON.stringify(eventIds);
    const accounts = yield* waiting.all({
      route,
      minuteAgo: now - MINUTE,
      silent: JSON.stringify(silent),
    });
    let best: (SendRow & { readonly n: number }) | null = null;
    for (const { account, n } of accounts) {
      if (best !== null && n > best.n) break;
      const row = yield* candidate.get({ route, account, now, only });
      if (row && (best === null || isFresher(row, best))) best = { ...row, n };
    }
    return best;
  };
}

function isFresher(a: SendRow, b: SendRow): boolean {
  return a.event_at === b.event_at ? a.id < b.id : a.event_at > b.event_at;
}

/** After a crash it is unknown whether the sends in progress arrived. */
function recovery(db: SqlRunner): Pick<OutboxStore, 'recoverSends'> {
  const recover = db.prepare(
    `update sends set state = ${SEND.ambiguous}, check_at = ?, looks = 0, detail = 'the process ended while sending' where state = ${SEND.sending}`,
  );
  const endAttempts = db.prepare(
    `update attempts set ended_at = ?, outcome = 'ambiguous', detail = 'the process ended while sending'
     where ended_at is null and send_id in (select id from sends where state = ${SEND.sending})`,
  );
  const sending = db.prepare(`select * from sends where state = ${SEND.sending}`, toSend);
  const count = counter(db);
  return {
    recoverSends: db.transaction(function* (checkAt: Instant) {
      const interrupted = yield* sending.all();
      yield* count(interrupted.map((send) => attemptOf(send, 'ambiguous')));
      yield* endAttempts.run(checkAt);
      return (yield* recover.run(checkAt)).changes;
    }),
  };
}

/**
 * Attempts of which nothing was sent do not count: an unavailable server must not use up an account's hourly
 * budget. Fewer attempts of all accounts than the budget of one are counted by the index alone: with 50,000 in the
 * last hour the query took 48 ms per claim.
 */
const FULL_ACCOUNTS = `
select account, min(started_at) as oldest from attempts
where started_at > @since and (select count(*) from attempts where started_at > @since) >= @most
  and (outcome is null or outcome not in ('nothing_left', 'stopped'))
group by account having count(*) >= @most`;

/**
 * Time of the next try if nothing can be claimed: a free place in an account's hour, the due time of a send,
 * or the probe of a hold.
 */
function earliest(full: readonly { oldest: number }[], others: readonly (Instant | null)[]): Instant | null {
  const times = [...full.map((each) => each.oldest + HOUR), ...others.filter((at) => at !== null)];
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * Accounts with waiting sends and their sends in the last minute; the account with the fewest comes first.
 */
const WAITING = `
select w.account, (select count(*) from attempts a where a.account = w.account and a.started_at > @minuteAgo) as n
from (select distinct account from sends where route = @route and state = ${SEND.pending}) w
where w.account not in (select value from json_each(@silent))
order by n`;

/**
 * The newest due send of an account. An ordering key is one person: a later send waits for the earlier. A
 * public reply waits until the private reply of the same rule has arrived, since "check your DMs" must be
 * true, unless the rule says `always`. A part of a text waits in the same way for the previous part.
 */
const CANDIDATE = `
select s.* from sends s
where s.route = @route and s.account = @account and s.state = ${SEND.pending} and s.not_before <= @now
  and (cast(@only as text) is null or s.event_id in (select value from json_each(@only)))
  and not exists (select 1 from sends o
    where o.lane = s.lane and o.id < s.id and o.state in ${inStates(BLOCKING_STATES)})
  and not (s.action = 'comment_reply' and s.after_private is distinct from 'always' and exists (select 1 from sends p
    where p.event_id = s.event_id and p.rule = s.rule and p.action = 'private_reply' and p.state = ${SEND.accepted}))
  and not (s.part > 1 and s.rule <> '${HUMAN_RULE}' and exists (select 1 from sends p
    where p.event_id = s.event_id and p.rule = s.rule and p.action = s.action and p.part < s.part
      and p.state = ${SEND.accepted}))
order by s.event_at desc, s.id limit 1`;
