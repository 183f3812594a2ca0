import { HUMAN_RULE } from '../../domain/rule.js';
import { TROUBLED_STATES } from '../../domain/send.js';
import { HOUR, type Instant } from '../../domain/time.js';
import type { Attempt, FeedQuery, Figure, ReasonHour, Reports, Utterance } from '../ports/reports.js';
import { branches } from './branches.js';
import { funnelShapes } from './funnel-shapes.js';
import { funnelFigures } from './contacts.js';
import type { SqlRunner } from './sql-runner.js';
import { PAUSED_BY, SINCE_HOUR, toJournalRow, toSend, toPause } from './rows.js';
import { inStates, WEBHOOK } from './states.js';
import { OPEN_HANDOFF, openHandoffs } from './handoffs.js';
import { inbox } from './inbox.js';
import { search } from './search.js';
import { WRITER, WRITTEN_AS } from './writer.js';

/** The dashboard's queries, possibly on a separate connection. */
export function reportsOver(db: SqlRunner): Omit<Reports, 'close'> {
  return {
    ...journal(db),
    ...outbox(db),
    ...troubles(db),
    ...inbox(db),
    ...people(db),
    funnels: funnelFigures(db),
    ...funnelShapes(db),
    ...branches(db),
    ...search(db),
  };
}

/** Number of events by hour and result. */
const FIGURES = `select at / ${HOUR} as hour, rule, reason, account, count(*) as n from events where ${SINCE_HOUR} group by 1, 2, 3, 4`;

function journal(db: SqlRunner): Pick<Reports, 'feed' | 'event' | 'figures' | 'reasonsByHour'> {
  const filters = {
    rule: 'rule = @rule',
    reason: 'reason = @reason',
    account: 'account = @account',
  } as const;
  const one = db.prepare('select * from events where id = ?', toJournalRow);
  const figures = db.prepare<Figure>(FIGURES);
  // The inner groups are read in the order of the index; grouping all rows by hour and reason would sort them.
  const reasonsByHour = db.prepare<ReasonHour>(
    `select hour, reason, cast(sum(n) as bigint) as n from (${FIGURES}) f group by hour, reason`,
  );
  return {
    feed: db.reads(function* ({ limit, before = Number.MAX_SAFE_INTEGER, ...query }: FeedQuery) {
      // Each combination is a separate statement, so that the index of its first filter is used.
      const given = (['rule', 'reason', 'account'] as const).filter((key) => query[key] !== undefined);
      const others = query.withoutOwn === true ? ["direction <> 'outgoing'"] : [];
      const where = ['seq < @before', ...others, ...given.map((key) => filters[key])].join(' and ');
      const values = Object.fromEntries(given.map((key) => [key, query[key]]));
      const sql = `select * from events where ${where} order by seq desc limit @limit`;
      return yield* db.prepare(sql, toJournalRow).all({ ...values, before, limit });
    }),
    event: db.reads(function* (id: string) {
      return (yield* one.get(id)) ?? null;
    }),
    figures: db.reads((since: Instant) => figures.all({ since })),
    reasonsByHour: db.reads((since: Instant) => reasonsByHour.all({ since })),
  };
}

function outbox(db: SqlRunner): Pick<Reports, 'sendsOf' | 'attemptsOf' | 'troubled'> {
  const sends = db.prepare('select * from sends where event_id = ? order by id', toSend);
  const attempts = db.prepare<Attempt>(
    `select started_at as "startedAt", ended_at as "endedAt", outcome, detail from attempts where send_id = ? order by id`,
  );
  const troubled = db.prepare(
    `select * from sends where state in ${inStates(TROUBLED_STATES)} order by id desc limit ?`,
    toSend,
  );
  return {
    sendsOf: db.reads((eventId: string) => sends.all(eventId)),
    attemptsOf: db.reads((sendId: number) => attempts.all(sendId)),
    troubled: db.reads((limit: number) => troubled.all(limit)),
  };
}

function troubles(db: SqlRunner): Pick<Reports, 'troubles' | 'handoffs'> {
  const sends = db.prepare<{ n: number }>(
    `select count(*) as n from sends where state in ${inStates(TROUBLED_STATES)}`,
  );
  const webhooks = db.prepare<{ n: number }>(
    `select count(*) as n from webhooks where state = ${WEBHOOK.dead}`,
  );
  const handoffs = db.prepare<{ n: number }>(`select count(*) as n from handoffs h where ${OPEN_HANDOFF}`);
  return {
    troubles: db.reads(function* (since: Instant) {
      const [failed, dead] = [yield* sends.value(), yield* webhooks.value()];
      return { sends: failed, webhooks: dead, handoffs: yield* handoffs.value({ since }) };
    }),
    handoffs: openHandoffs(db),
  };
}

function people(db: SqlRunner): Pick<Reports, 'nameOf' | 'dialogue' | 'pauses' | 'isOptedOut'> {
  const name = db.prepare<{ name: string }>(NAME);
  const dialogue = db.prepare<Utterance>(DIALOGUE);
  const pauses = db.prepare(`${PAUSED_BY} order by p.scope`, toPause);
  const optedOut = db.prepare('select 1 from opt_outs where account = ? and contact_id = ?');
  return {
    nameOf: db.reads(function* (account: string, contact: string) {
      return (yield* name.get({ account, contact }))?.name ?? null;
    }),
    pauses: db.reads(() => pauses.all()),
    isOptedOut: db.reads(function* (account: string, contactId: string) {
      return (yield* optedOut.get(account, contactId)) !== undefined;
    }),
    dialogue: db.reads(function* (account: string, contact: string, limit: number) {
      return (yield* dialogue.all({ account, contact, limit })).reverse();
    }),
  };
}

const NAME = `
select coalesce(contact_name, contact_username) as name from events
where account = @account and contact_id = @contact and coalesce(contact_name, contact_username) is not null
order by at desc limit 1`;

/** Rows of the lists, and sends that the lists have not shown yet. */
const DIALOGUE = `
select * from (
  select e.id as "eventId", e.kind, e.at, e.text,
    ${WRITER} as by,
    case when e.direction = 'incoming' then e.rule else s.rule end as rule,
    case when e.direction = 'incoming' then e.reason end as reason, s.state
  from events e ${WRITTEN_AS}
  where e.account = @account and e.contact_id = @contact and not (e.kind = 'comment' and e.direction = 'outgoing')
  union all
  select a.id, 'comment', a.at, a.text,
    case when s.id is null or s.rule = '${HUMAN_RULE}' then 'human' else 'rule' end, s.rule, null, s.state
  from events c join events a on a.parent_id = c.source_id and +a.account = c.account and a.kind = 'comment'
      and a.direction = 'outgoing'
    left join sends s on s.message_id = a.source_id and s.route = 'POST /v2/comments'
  where c.account = @account and c.contact_id = @contact and c.kind = 'comment' and c.direction = 'incoming'
  union all
  select null, case s.action when 'comment_reply' then 'comment' else 'message' end, coalesce(s.attempted_at, s.created_at),
    s.text, case when s.rule = '${HUMAN_RULE}' then 'human' else 'rule' end, s.rule, null, s.state
  from sends s
  where s.account = @account and s.contact_id = @contact and not exists (
    select 1 from events e where s.message_id is not null
      and e.id = (case s.route when 'POST /v2/messages' then 'message:' else 'comment:' end) || s.message_id)) said
order by at desc limit @limit`;
