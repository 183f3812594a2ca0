import type { WaitingRun } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { DueWork } from '../../domain/due-work.js';
import type { LowPool, TakenCode } from '../../domain/work.js';
import type { CodeQuery, WorkStore } from '../ports/work.js';
import { type EventRow, toEvent } from './rows.js';
import { toRun } from './runs.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { RUN } from './states.js';

type Row = Parameters<typeof toRun>[0] & { last_event: string; work_tries: number };

/** Work that funnel runs wait for, and the codes that were handed out. */
export function work(db: SqlRunner): WorkStore {
  const due = db.prepare<Row>(DUE);
  const event = db.prepare<EventRow>('select * from events where id = ?');
  const next = db.prepare<{ at: number | null }>(
    `select min(work_at) as at from runs where state = ${RUN.waiting} and work_at is not null`,
  );
  const begin = db.prepare(
    `update runs set work_tries = work_tries + 1 where id = ? and step = ? and state = ${RUN.waiting}`,
  );
  const putOff = db.prepare(
    `update runs set work_at = ? where id = ? and step = ? and state = ${RUN.waiting}`,
  );
  return {
    dueWork: db.reads(function* (now: Instant, limit: number) {
      const found: DueWork[] = [];
      for (const row of yield* due.all(now, limit)) {
        const last = yield* event.get(row.last_event);
        if (last) found.push({ run: toRun(row), event: toEvent(last), tries: row.work_tries });
      }
      return found;
    }),
    nextWorkAt: db.reads(() => next.value()),
    beginWork: db.transaction(function* ({ id, step }: WaitingRun) {
      return (yield* begin.run(id, step)).changes > 0;
    }),
    putOffWork: db.transaction(function* ({ id, step }: WaitingRun, at: Instant) {
      yield* putOff.run(at, id, step);
    }),
    ...codes(db),
  };
}

/** Codes per query: a list of 100,000 would be a parameter of megabytes. */
const PORTION = 500;

function codes(db: SqlRunner): Pick<WorkStore, 'takeCode' | 'lowPools'> {
  const own = db.prepare<{ code: string }>(
    'select code from codes where pool = ? and account = ? and contact_id = ?',
  );
  const used = db.prepare<{ n: number }>('select count(*) as n from codes where pool = ?');
  const free = db.prepare<{ value: string }>(
    `select value from json_each(@codes) where not exists (select 1 from codes c where c.pool = @pool and c.code = value) limit 1`,
  );
  const insert = db.prepare('insert into codes (pool, code, account, contact_id, at) values (?, ?, ?, ?, ?)');
  const note = db.prepare(NOTE);
  const low = db.prepare<LowPool>(
    'select pool, remaining as "left", since from pools where since is not null order by pool',
  );

  const firstFree = function* (pool: string, list: readonly string[], from: number): Work<string | null> {
    for (let at = from; at < list.length; at += PORTION) {
      const found = yield* free.get({ pool, codes: JSON.stringify(list.slice(at, at + PORTION)) });
      if (found) return found.value;
    }
    return null;
  };
  return {
    takeCode: db.transaction(function* ({ event, pool, codes: list, low: few }: CodeQuery, now: Instant) {
      const account = event.account ?? '';
      const contact = event.contact.id;
      const { n } = yield* used.one(pool);
      const before = yield* own.get(pool, account, contact);
      if (before) return { code: before.code, left: Math.max(0, list.length - n) };
      // Codes are used in the order of the file, so the first free one is where the used ones end, unless the
      // file was changed.
      const code = (yield* firstFree(pool, list, n)) ?? (yield* firstFree(pool, list.slice(0, n), 0));
      if (code !== null) yield* insert.run(pool, code, account, contact, now);
      const left = code === null ? 0 : Math.max(0, list.length - n - 1);
      yield* note.run({ pool, left, since: left <= few ? now : null });
      return { code, left } satisfies TakenCode;
    }),
    lowPools: db.reads(() => low.all()),
  };
}

const DUE = `
select r.id, r.rule, f.steps, r.step, r.wrong, r.started_at, r.asked_at, r.reminded, r.match, r.last_event, r.work_tries
from runs r join funnels f on f.id = r.funnel
where r.state = ${RUN.waiting} and r.work_at is not null and r.work_at <= ? order by r.work_at, r.id limit ?`;

/** The time since when few are left stays until there are more. An empty pool is news of its own. */
const NOTE = `
insert into pools (pool, remaining, since) values (@pool, @left, @since)
on conflict (pool) do update set remaining = excluded.remaining,
  since = case when excluded.since is null then null
    when excluded.remaining = 0 and pools.remaining > 0 then excluded.since
    else coalesce(pools.since, excluded.since) end`;
