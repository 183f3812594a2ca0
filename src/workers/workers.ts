import { WORKER_TIMES, type WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import type { ClockWatch } from './clock-watch.js';
import { createHeartbeats, type Heartbeats } from './heartbeats.js';
import { createJobs, type Jobs } from './jobs.js';
import { type Queue, startQueue } from './queue.js';
import { createTurns, type Member } from './turns.js';

export interface WorkersOptions {
  /** Of this worker, by `nameWorker`. */
  readonly id: string;
  readonly served: PgStore;
  /** By the ids of the workspaces that it has claimed. */
  readonly members: ReadonlyMap<number, Member>;
  readonly watch: ClockWatch;
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

/**
 * Shares the workspaces with the other workers of the database. Each workspace has one job, a row that is never removed:
 *
 * waiting    its next poll cycle is not due, or no worker had room yet. Any worker may take it once it is due.
 * in hand    a worker runs the cycle, and has acquired the workspace's lease (`Lease` in store/postgres/server.ts).
 *            Ends: the cycle is over, and the job is put back for its next time; or it failed or lost its lease, and is
 *            put back for TRY_AGAIN later; or the workspace is unknown here, and the job is freed for other workers.
 * lost       this worker's by its row, and not in hand: the answer to a statement was lost, or putting it back failed
 *            again and again. The worker frees it before it takes the next (`startQueue`).
 * orphaned   of a worker whose heartbeat expired (WorkerTimes.heartbeatTimeout). The next heartbeat of any worker frees it;
 *            what the former worker writes when it wakes fails as `fenced`.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { id, served, members, watch, logger, concurrency, times = WORKER_TIMES } = options;
  const workspaces = [...members.keys()];
  const jobs = createJobs(served, id);
  await jobs.add(workspaces);
  const heartbeats = createHeartbeats({ served, id, workspaces, timeout: times.heartbeatTimeout });
  // Before it takes a job: one of a worker that nobody has heard of is an orphan.
  await heartbeats.beat();
  const queue = startQueue({
    jobs,
    concurrency,
    work: createTurns({ served, members, owner: id, logger }),
    onError: (error) => logger.error({ err: error }, 'the queue cannot be reached; it is tried again'),
  });
  const keep = createKeeper({ jobs, heartbeats, queue, watch, members, logger });
  let keeping: Promise<void> | null = null;
  const timer = setInterval(() => {
    // A database that does not answer is not asked twice at a time.
    keeping ??= keep()
      .catch((error: unknown) => logger.error({ err: error }, 'a heartbeat could not be sent'))
      .finally(() => (keeping = null));
  }, times.heartbeat);

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

/** A heartbeat, with what is set right at the time of each: the clock, and jobs that are orphaned, lost or late. */
function createKeeper({ jobs, heartbeats, queue, watch, members, logger }: Kept) {
  return async (): Promise<void> => {
    await heartbeats.beat();
    await watch.check();
    const dead = await jobs.freeOrphans();
    if (dead.size > 0)
      logger.warn({ dead: Object.fromEntries(dead) }, 'worker heartbeat expired; its jobs were released');
    queue.free();
    await jobs.pullBack([...members].map(([workspace, member]) => ({ workspace, at: member.nextTurn() })));
  };
}
