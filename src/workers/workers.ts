import { WORKER_TIMES, type WorkerTimes } from '../domain/worker-times.js';
import { type Millis, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import type { ClockWatch } from './clock-watch.js';
import { createHeartbeats, type Heartbeats } from './heartbeats.js';
import { createJobs, type Jobs } from './jobs.js';
import { type Queue, startQueue } from './queue.js';
import { createTurns, type Member } from './turns.js';

export interface WorkersOptions {
  /** Id of this worker, from `nameWorker`. */
  readonly id: string;
  readonly served: PgStore;
  /** Workspaces to run, keyed by their ids. */
  readonly members: ReadonlyMap<number, Member>;
  readonly watch: ClockWatch;
  readonly logger: Logger;
  /** Maximum number of workspaces with a running job. */
  readonly concurrency: number;
  /** Heartbeat times of the worker. @default WORKER_TIMES */
  readonly times?: WorkerTimes | undefined;
  /** True if the worker must lock no more jobs, and must not count as alive. @default false */
  readonly isIdle?: () => boolean;
}

export interface Workers {
  /** Stops locking jobs, and waits for the running ones. */
  stop(): Promise<void>;
}

/**
 * Shares the workspaces with the other workers of the database. Each workspace has one job, a row that is
 * never removed:
 *
 * - waiting: its next poll cycle is not due, or no worker has a free slot. Any worker may lock it once it is
 *   due.
 * - running: a worker runs the cycle, and has acquired the workspace's lease (`Lease` in
 *   store/postgres/server.ts). Ends: the cycle is over, and the job is put back for its next time; or it
 *   failed or lost its lease, and is put back for TRY_AGAIN later; or the workspace is not served here, and the
 *   job is released for other workers.
 * - lost: locked by this worker in the database, but not running: the response to a statement was lost, or
 *   putting it back failed again and again. The worker releases it before it locks the next (`startQueue`).
 * - orphaned: locked by a worker whose heartbeat expired (WorkerTimes.heartbeatTimeout). The next heartbeat
 *   of any worker releases it; later writes of the former worker fail as `fenced`.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { id, served, members, watch, logger, concurrency, times = WORKER_TIMES } = options;
  const { isIdle = () => false } = options;
  const isServed = (workspace: number): boolean => members.get(workspace)?.isServed() === true;
  const workspaces = (): readonly number[] => [...members.keys()].filter(isServed);
  const jobs = createJobs(served, id);
  await jobs.add([...members.keys()]);
  const heartbeats = createHeartbeats({ served, id, workspaces, times });
  // The first heartbeat comes before any job is locked, because jobs of a worker without a heartbeat are
  // orphaned.
  await heartbeats.beat();
  const queue = startQueue({
    // One that was left to others may be served again.
    jobs: {
      ...jobs,
      take: (most, left) =>
        jobs.take(
          most,
          left.filter((each) => !isServed(each)),
        ),
    },
    concurrency,
    spare: () => (isIdle() ? 0 : Math.max(0, served.pool.options.max - served.pool.waitingCount)),
    work: createTurns({ served, members, owner: id, logger }),
    onError: (error) => logger.error({ err: error }, 'the job queue is unavailable; will retry'),
  });
  const keep = createKeeper({ jobs, heartbeats, queue, watch, members, logger });
  let keeping: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (isIdle()) return;
    // Only one heartbeat at a time, so that an unresponsive database does not get more queries.
    keeping ??= keep()
      .catch((error: unknown) => logger.error({ err: error }, 'heartbeat failed; will retry'))
      .finally(() => (keeping = null));
  }, times.heartbeat / CHECKS_PER_HEARTBEAT);

  return {
    async stop() {
      clearInterval(timer);
      await queue.stop();
      await keeping;
      await heartbeats.end().catch(() => undefined);
    },
  };
}

interface Kept extends Pick<WorkersOptions, 'watch' | 'logger'> {
  readonly jobs: Jobs;
  readonly heartbeats: Heartbeats;
  readonly queue: Queue;
  readonly members: ReadonlyMap<number, Member>;
}

/** Interval of the search for late jobs, which reads the whole queue. */
const MOVE_EVERY: Millis = 5 * SECOND;
/** A failed heartbeat is retried at the next check. */
const CHECKS_PER_HEARTBEAT = 5;

/**
 * Releases the jobs of dead workers; when a heartbeat is due, also sends it, checks the clock, releases lost jobs, and
 * moves late ones.
 */
function createKeeper({ jobs, heartbeats, queue, watch, members, logger }: Kept) {
  const bury = async (): Promise<void> => {
    const dead = await jobs.freeOrphans();
    if (dead.size > 0)
      logger.warn({ dead: Object.fromEntries(dead) }, 'worker heartbeat expired; its jobs were released');
  };
  let movedAt: Millis = -Infinity;
  return async (): Promise<void> => {
    const isDue = heartbeats.isDue();
    if (isDue) await heartbeats.beat();
    if ((await heartbeats.expire()) > 0 || isDue) await bury();
    if (!isDue) return;
    await watch.check();
    queue.free();
    if (performance.now() - movedAt < MOVE_EVERY) return;
    movedAt = performance.now();
    const mine = [...members].filter(([, member]) => member.isServed());
    await jobs.pullBack(mine.map(([workspace, member]) => ({ workspace, at: member.nextTurn() })));
  };
}
