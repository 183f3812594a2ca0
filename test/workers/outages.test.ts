import { describe, expect, it, vi } from 'vitest';
import { type Millis, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { WORKER_TIMES, type WorkerTimes } from '../../src/domain/worker-times.js';
import { createLogger } from '../../src/log/logger.js';
import type { PgStore } from '../../src/store/postgres/open.js';
import { acquireLease, workspaceOf } from '../../src/store/postgres/store.js';
import { createHeartbeats } from '../../src/workers/heartbeats.js';
import type { Cleanup } from '../cleanup.js';
import { usePostgres } from '../postgres/use.js';
import { aDatabase, isRead, PATIENCE } from './database.js';

const postgres = usePostgres();
/** The times of the workers under test: short heartbeats keep the test short. */
const QUICK: WorkerTimes = { heartbeat: 400, heartbeatTimeout: 2_000, claimedMost: 1_000 };
const JOBS = 'autoresponder.jobs';

/** Number of poll cycles that each workspace has had. */
async function turns({ pool }: PgStore): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ name: string; n: number }>(
    'select name, epoch as n from autoresponder.workspaces',
  );
  return new Map(rows.map(({ name, n }) => [name, n]));
}

/** Waits until each workspace has had two more poll cycles: one may have been running. */
async function isServed(served: PgStore): Promise<void> {
  const before = await turns(served);
  await vi.waitFor(async () => {
    const after = await turns(served);
    for (const [name, n] of before) expect(after.get(name), name).toBeGreaterThan(n + 1);
  }, PATIENCE);
}

/** Refuses rows of a table where a condition holds. The returned function counts the refusals. */
async function refuse({ admin }: PgStore, table: string, when: string): Promise<() => Promise<number>> {
  await admin.query(`
    create sequence public.refused;
    create function public.refuse() returns trigger language plpgsql as $$ begin
      if ${when} then raise exception 'refused %', nextval('public.refused'); end if;
      return coalesce(new, old);
    end $$;
    create trigger refuse before insert or update or delete on ${table} for each row execute function public.refuse()`);
  return async () => {
    const { rows } = await admin.query<{ n: number }>(
      'select case when is_called then last_value else 0 end as n from public.refused',
    );
    return rows[0]?.n ?? 0;
  };
}

/** A logger, and its lines that are warnings or errors. */
function aLog(level = 'warn') {
  const lines: string[] = [];
  const out = { write: (line: string) => lines.push(line) > 0 } as unknown as NodeJS.WritableStream;
  return { logger: createLogger({ level, pretty: false, secrets: [] }, out), lines: () => lines };
}

describe.concurrent('a workspace is served again', { timeout: 240_000 }, () => {
  it('after its job could repeatedly not be returned to the queue', async (test) => {
    const { aWorker, served } = await aDatabase(test, postgres, ['bakery', 'florist']);
    await aWorker({ workerTimes: QUICK });
    await isServed(served);
    const refusals = await refuse(
      served,
      JOBS,
      `new.workspace_id = ${await workspaceOf(served, 'bakery')} and new.worker is null`,
    );
    await vi.waitFor(async () => expect(await refusals()).toBeGreaterThan(6), PATIENCE);
    await served.admin.query(`drop trigger refuse on ${JOBS}`);
    await isServed(served);
  });

  it('after its job was locked for a worker that did not learn of it, because the connection broke', async (test) => {
    const { aWorker, served } = await aDatabase(test, postgres, ['bakery']);
    await aWorker({ workerTimes: QUICK });
    await isServed(served);
    await vi.waitFor(async () => {
      const { rowCount } = await served.admin.query(
        `update ${JOBS} set worker = (select id from autoresponder.workers) where worker is null`,
      );
      expect(rowCount).toBe(1);
    }, PATIENCE);
    await isServed(served);
  });

  it('after all connections to the database broke, again and again', async (test) => {
    const names = Array.from({ length: 12 }, (_, n) => `shop-${n}`);
    const { aWorker, served } = await aDatabase(test, postgres, names, { latency: 20 });
    const log = aLog();
    await aWorker({ workerTimes: QUICK, logger: log.logger });
    await aWorker({ workerTimes: QUICK });
    await isServed(served);
    for (let times = 0; times < 5; times += 1) {
      const before = await turns(served);
      await served.admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await vi.waitFor(async () => {
        const after = await turns(served);
        expect(names.some((name) => after.get(name) !== before.get(name))).toBe(true);
      }, PATIENCE);
    }
    await isServed(served);
    await vi.waitFor(() => expect(log.lines().at(-1)).toContain('restored'), PATIENCE);
    // Each outage has one log line at its beginning and one at its end, for any cause.
    for (const [n, line] of log.lines().entries()) {
      const end = /"level":40,.*"lasted":"\d+ s","waiting":\d+,.*restored/u;
      expect(line).toMatch(n % 2 === 0 ? /"level":50,.*connection to the database lost/u : end);
    }
  });
});

describe.concurrent('a worker whose tables were dropped', { timeout: 240_000 }, () => {
  it('logs it once with the fix, and does nothing in the restored database until it is started again', async (test) => {
    const { aWorker, served, storeOf, sandboxOf } = await aDatabase(test, postgres, ['bakery', 'florist']);
    const log = aLog();
    const left = await aWorker({ workerTimes: QUICK, logger: log.logger });
    await isServed(served);
    await served.admin.query('drop schema autoresponder cascade');
    await vi.waitFor(() => expect(log.lines()).not.toEqual([]), PATIENCE);
    // Opening the database creates the tables, as a restore does.
    await aWorker({ workerTimes: QUICK });
    await isServed(served);
    await isRead(await storeOf('bakery'));
    sandboxOf('bakery').receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await vi.waitFor(() => expect(sandboxOf('bakery').sends()).toHaveLength(1), PATIENCE);
    const owners = await served.admin.query('select distinct owner from autoresponder.workspaces');
    const alive = await served.admin.query('select id from autoresponder.workers');
    expect([owners.rowCount, alive.rowCount]).toEqual([1, 1]);
    expect(owners.rows[0]).toEqual({ owner: (alive.rows[0] as { id: string }).id });
    await left.stop();
    expect(log.lines()).toEqual([
      expect.stringMatching(
        /"level":50,.*tables .* are missing; .*Stop all workers, restore the database, then start/u,
      ),
    ]);
  });
});

describe.concurrent('a dead worker', { timeout: 240_000 }, () => {
  it('expires at once, but after an outage not before the others had time for a heartbeat', async (test) => {
    const { served } = await aDatabase(test, postgres, []);
    let now = 0;
    const of = (id: string) =>
      createHeartbeats({ served, id, workspaces: () => [], times: WORKER_TIMES, steady: () => now });
    const [ours, dead] = [of('ours'), of('dead')];
    const die = async (): Promise<void> => {
      await dead.beat();
      const late = "update autoresponder.workers set seen_at = now() - interval '16 s' where id = 'dead'";
      await served.admin.query(late);
    };
    const pass = async (time: Millis): Promise<void> => {
      now += time;
      expect(ours.isDue()).toBe(true);
      await ours.beat();
      expect(ours.isDue()).toBe(false);
    };
    await die();
    await pass(0);
    expect(await ours.expire()).toBe(0);
    await pass(WORKER_TIMES.heartbeat);
    expect(await ours.expire()).toBe(1);
    await die();
    now += SECOND;
    expect(await ours.expire()).toBe(1);

    await die();
    await refuse(served, 'autoresponder.workers', "new.id = 'ours'");
    await expect(ours.beat()).rejects.toThrow('refused');
    expect(await ours.expire()).toBe(0);
    await served.admin.query('drop trigger refuse on autoresponder.workers');
    await pass(SECOND);
    expect(await ours.expire()).toBe(0);
    await pass(WORKER_TIMES.heartbeat);
    expect(await ours.expire()).toBe(1);

    await die();
    now += MINUTE;
    expect(await ours.expire()).toBe(0);
    await pass(0);
    expect(await ours.expire()).toBe(0);
    await pass(WORKER_TIMES.heartbeat);
    expect(await ours.expire()).toBe(1);
  });
});

describe.concurrent('transactions that a worker left open', { timeout: 240_000 }, () => {
  it('end before it counts as dead, although each waits for the one before', async (test) => {
    const { served } = await aDatabase(test, postgres, []);
    const workspace = await workspaceOf(served, 'bakery');
    await createHeartbeats({ served, id: 'cut off', workspaces: () => [], times: WORKER_TIMES }).beat();
    const left = await Promise.all([served.pool.connect(), served.pool.connect()]);
    const begun = left.map((client) =>
      client.query(`begin; select 1 from autoresponder.workspaces where id = ${workspace} for no key update`),
    );
    await Promise.any(begun);
    await acquireLease(served, workspace, 'another');
    const alive = await served.admin.query(
      'select 1 from autoresponder.workers where seen_at > now() - $1::interval',
      [`${WORKER_TIMES.heartbeatTimeout} ms`],
    );
    expect(alive.rowCount).toBe(1);
    await Promise.all(begun);
    for (const client of left) client.release(true);
  });
});

describe.concurrent('the clock of a worker', { timeout: 240_000 }, () => {
  /** A worker whose clock can be set, and the lines of its log. */
  async function aSkewedWorker(test: Cleanup, ahead: Millis = 0) {
    const database = await aDatabase(test, postgres, ['bakery']);
    const skew = { ahead };
    const { logger, lines } = aLog('info');
    const clock = () => Date.now() + skew.ahead;
    const start = () => database.aWorker({ workerTimes: QUICK, clock, logger });
    const aboutClock = () => lines().filter((line) => line.includes('the clock of this worker'));
    return { ...database, skew, start, aboutClock };
  }

  it.for([HOUR, -HOUR])(
    'causes no reassigned jobs when it jumps by %i ms, and the jump is logged once',
    async (by, test) => {
      const { served, storeOf, sandboxOf, skew, start, aboutClock } = await aSkewedWorker(test);
      const worker = await start();
      await isRead(await storeOf('bakery'));
      skew.ahead = by;
      await isServed(served);
      await vi.waitFor(() => expect(aboutClock()).toHaveLength(1), PATIENCE);
      const late = `select 1 from ${JOBS} where due_at > now() + interval '1 minute'`;
      expect((await served.admin.query(late)).rowCount).toBe(0);
      const calls = await served.admin.query('select 1 from autoresponder.calls where at > $1', [
        Date.now() + MINUTE,
      ]);
      expect(calls.rowCount).toBe(0);
      skew.ahead = 0;
      await vi.waitFor(() => expect(aboutClock()).toHaveLength(2), PATIENCE);
      // The state that the worker left in the database does not delay later replies.
      await worker.stop();
      await start();
      sandboxOf('bakery').receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
      await vi.waitFor(() => expect(sandboxOf('bakery').sends()).toHaveLength(1), PATIENCE);
      expect(aboutClock()).toEqual([
        expect.stringMatching(/"level":40.*differs from the database's/u),
        expect.stringMatching(/"level":30.*agrees with the database's again/u),
      ]);
    },
  );

  it.for([3 * MINUTE, -3 * MINUTE])('prevents a start when it is wrong by %i ms', async (by, test) => {
    const { start } = await aSkewedWorker(test, by);
    await expect(start()).rejects.toMatchObject({ code: 'clock', message: /3 min .* fix: synchronize/u });
  });

  it('does not delay a job that was scheduled an hour too late', async (test) => {
    const { served, aWorker } = await aDatabase(test, postgres, ['bakery']);
    await aWorker({ workerTimes: QUICK });
    await isServed(served);
    await vi.waitFor(async () => {
      const late = `update ${JOBS} set due_at = now() + interval '1 hour' where worker is null`;
      expect((await served.admin.query(late)).rowCount).toBe(1);
    }, PATIENCE);
    await isServed(served);
  });
});
