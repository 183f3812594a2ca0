import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AddJobsJobSpec,
  Logger as QueueLogger,
  makeWorkerUtils,
  run,
  type Runner,
  type Task,
  type WorkerEvents,
} from 'graphile-worker';
import { type Clock, type Instant, SECOND } from '../domain/time.js';
import { WORKER_TIMES, type WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import { holdsLease, acquireLease } from '../store/postgres/store.js';
import type { Lease } from '../store/postgres/server.js';
import { StoreError } from '../store/store-error.js';
import { createBatch } from './batch.js';
import { createHeartbeats } from './heartbeats.js';

/** What a worker does for one workspace. */
export interface Member {
  /** One turn, as the owner of the workspace. Returns when the next is due. */
  turn(): Promise<Instant>;
  /** Whose store it works on: set before each turn. */
  own(lease: Lease): void;
}

export interface WorkersOptions {
  /** Of this worker, by `nameWorker`. */
  readonly id: string;
  /** The workspaces that it has claimed, by their names. */
  readonly ids: ReadonlyMap<string, number>;
  readonly served: PgStore;
  /** By the name of the workspace. */
  readonly members: ReadonlyMap<string, Member>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many workspaces have a turn at the same time. */
  readonly concurrency: number;
  /** @default WORKER_TIMES */
  readonly times?: WorkerTimes | undefined;
}

export interface Workers {
  /** Waits for the turns that are under way. */
  stop(): Promise<void>;
}

/** The schema of the queue's library. */
const SCHEMA = 'autoresponder_queue';
/** Its public view: without payloads, so a workspace's job is found by its key. */
const JOBS = `${SCHEMA}.jobs`;
const TASK = 'turn';
/** A job is never given up: its turns fail only with the database. */
const MOST_ATTEMPTS = 30_000;
/** Any number: who adds jobs holds this lock. */
const ADDING_LOCK = 7_345_210_665;
/** How soon a turn that failed is tried again. */
const TRY_AGAIN = 5_000;
/**
 * How soon a turn that is due is found, in milliseconds. Not by all workers alike: of two that look at the same pace the
 * one that looks first would find all, again and again.
 */
const LOOK_EVERY = 400 + Math.round(Math.random() * 200);
/** What is put back, or done, within so many milliseconds is put back at once. */
const GATHER_FOR = 10;
/** What one worker took and cannot begin is free for the others after so long. */
const WAITS_MOST = 10 * SECOND;

/**
 * Shares the workspaces with the other workers of the database. Each workspace has one job in the queue:
 *
 * waiting    its next poll cycle is not due. Any worker may lock it from then on.
 * locked     a worker runs the cycle, and has acquired the workspace's lease (`Lease` in store/postgres/server.ts).
 *            Ends: the cycle is over, and the job is put back for its next time; or it failed, and is put back for
 *            TRY_AGAIN later; or the workspace is unknown here or its lease was lost, and the job ends.
 * orphaned   locked by a worker whose heartbeat expired (WorkerTimes.heartbeatTimeout). The next heartbeat of any worker
 *            releases it; what the former worker writes when it wakes fails as `fenced`.
 * missing    no job: the cycle ended it, or the workspace is new. The next heartbeat of a worker that knows the
 *            workspace adds one, under a lock, so that there is never a second.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { id, ids, served, members, clock, logger, times = WORKER_TIMES } = options;
  const utils = await makeWorkerUtils({
    pgPool: served.admin,
    schema: SCHEMA,
    logger: silentLogger(logger),
  });
  await utils.migrate();

  const names = new Set<string>();
  const beats = createHeartbeats({
    served,
    id,
    workspaces: [...ids.values()],
    names: () => [...names],
    jobs: JOBS,
    timeout: times.heartbeatTimeout,
  });
  const turns = createTurner(options, id, ids);
  const putBack = createBatch<AddJobsJobSpec>(GATHER_FOR, async (jobs) => {
    await utils.addJobs([...jobs]);
  });
  const runner = await keepRunning(options, names, async (payload) => {
    const { workspace } = payload as { workspace: string };
    const next = await turns(workspace);
    // Without its job, whoever knows the workspace gives it one.
    if (next !== null) await putBack(jobOf(workspace, Math.max(next, clock())));
  });
  const keep = async (): Promise<void> => {
    const dead = await beats.beat();
    if (dead.length > 0) {
      logger.warn({ dead }, 'worker heartbeat expired; its jobs were released');
      await utils.forceUnlockWorkers([...dead]);
    }
    await addMissing(served, [...members.keys()]);
  };
  let keeping: Promise<void> | null = null;
  await keep();
  const timer = setInterval(() => {
    // A database that does not answer is not asked twice at a time.
    keeping ??= keep()
      .catch((error: unknown) =>
        logger.error({ err: error }, 'the database could not be told that this worker is there'),
      )
      .finally(() => (keeping = null));
  }, times.heartbeat);

  return {
    async stop() {
      clearInterval(timer);
      await runner.stop();
      await beats.end().catch(() => undefined);
      await utils.release();
    },
  };
}

function presetFor(concurrency: number): GraphileConfig.Preset {
  return {
    worker: {
      // What fails to be noted as done is tried again, where it would end the process without this.
      completeJobBatchDelay: GATHER_FOR,
      failJobBatchDelay: GATHER_FOR,
      // Several are taken at once, and not at each word that there is a new one: all are for later.
      localQueue: {
        size: concurrency,
        ttl: WAITS_MOST,
        refetchDelay: {
          durationMs: LOOK_EVERY / 2,
          threshold: concurrency - 1,
          maxAbortThreshold: Infinity,
        },
      },
    },
  };
}

/**
 * Takes jobs and does them. The library gives up when the database is away for long; then it is started again. `names`
 * gets the names under which it takes jobs.
 */
async function keepRunning(
  { served, logger, concurrency }: WorkersOptions,
  names: Set<string>,
  task: Task,
): Promise<{ readonly stop: () => Promise<void> }> {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const start = async (): Promise<Runner> => {
    const events = new EventEmitter() as unknown as WorkerEvents;
    events.on('pool:create', ({ workerPool }) => names.add(workerPool.id));
    return run({
      pgPool: served.admin,
      schema: SCHEMA,
      logger: silentLogger(logger),
      concurrency,
      pollInterval: LOOK_EVERY,
      noHandleSignals: true,
      events,
      preset: presetFor(concurrency),
      taskList: {
        // A job that fails is noted as such, and tried again after a time that the library chooses.
        [TASK]: async (payload, helpers) =>
          Promise.resolve(task(payload, helpers)).then(
            () => undefined,
            (error: unknown) => logger.error({ err: error }, 'a turn could not be put back into the queue'),
          ),
      },
    });
  };
  let runner = await start();
  const watch = async (): Promise<void> => {
    while (!isStopping()) {
      await runner.promise.catch((error: unknown) => logger.error({ err: error }, 'the queue ended'));
      while (!isStopping()) {
        await delay(SECOND);
        const next = await start().catch((error: unknown) => {
          logger.error({ err: error }, 'the queue could not be started again; it is tried again');
          return null;
        });
        if (next === null) continue;
        runner = next;
        break;
      }
    }
  };
  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      // It may have ended already.
      await runner.stop().catch(() => undefined);
      await watching;
    },
  };
}

/** Does a workspace's turn. Null: it is not to come again, because this program does not know it or another owns it. */
function createTurner(
  { served, members, clock, logger }: WorkersOptions,
  id: string,
  ids: ReadonlyMap<string, number>,
) {
  const running = new Map<string, Promise<Instant | null>>();

  async function turn(workspace: string, member: Member, number: number): Promise<Instant | null> {
    const lease = await acquireLease(served, number, id);
    member.own(lease);
    try {
      const next = await member.turn();
      return (await holdsLease(served, lease)) ? next : null;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'fenced') return null;
      logger.error({ err: error, workspace }, 'a turn failed; it is tried again');
      return clock() + TRY_AGAIN;
    }
  }

  return async (workspace: string): Promise<Instant | null> => {
    const member = members.get(workspace);
    const number = ids.get(workspace);
    // Somebody who knows it adds it again.
    if (!member || number === undefined) return null;
    // A turn of ours that was taken for dead may still be under way: with the new number it would not be refused.
    for (let before = running.get(workspace); before; before = running.get(workspace)) {
      await before.catch(() => undefined);
    }
    const mine = turn(workspace, member, number).finally(() => running.delete(workspace));
    running.set(workspace, mine);
    return mine;
  };
}

function jobOf(workspace: string, at: Instant): AddJobsJobSpec {
  const payload = { workspace };
  return { identifier: TASK, payload, jobKey: workspace, runAt: new Date(at), maxAttempts: MOST_ATTEMPTS };
}

/**
 * Each workspace has a job; one that is new, or that somebody else did not know, gets one. Workers that start together do
 * it one after the other: a job that is added twice, when the first is taken already, would be two.
 */
async function addMissing({ admin }: PgStore, workspaces: readonly string[]): Promise<void> {
  const client = await admin.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ADDING_LOCK]);
    await client.query(ADD_MISSING, [workspaces, TASK, MOST_ATTEMPTS]);
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

// A job that is put back while it runs loses its key to the new one, so one of the two always has it.
const ADD_MISSING = `
select ${SCHEMA}.add_job(identifier => $2, payload => json_build_object('workspace', w), job_key => w, max_attempts => $3)
from unnest($1::text[]) w
where w not in (
  select key from ${JOBS} where key is not null and (locked_at is not null or attempts < max_attempts)
)`;

/** Turns wait for the API more than for the database, and the queue takes them in batches. */
const FEWER_CONNECTIONS = 'WARNING: having maxPoolSize';

/** The library's words, but for its chatter. */
function silentLogger(logger: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    const how: string = level;
    if (how === 'error') logger.error({ queue: message }, 'the queue');
    else if (how === 'warning' && !message.startsWith(FEWER_CONNECTIONS))
      logger.warn({ queue: message }, 'the queue');
    else logger.debug({ queue: message }, 'the queue');
  });
}
