import { setMaxListeners } from 'node:events';
import type { Instant, Millis } from '../domain/time.js';
import type { Jobs } from './jobs.js';
import { createPutBack, pause } from './put-back.js';

/**
 * Poll interval, with jitter: with equal intervals the worker that polls first would find all jobs every
 * time.
 */
const LOOK_EVERY: Millis = 400 + Math.round(Math.random() * 200);
/**
 * If more jobs are due than there are free slots, slots that become free within this time are filled
 * together.
 */
const GATHER_FOR: Millis = 20;

export interface QueueOptions {
  readonly jobs: Jobs;
  /** Maximum number of running jobs. */
  readonly concurrency: number;
  /** Number of further jobs that the connections to the database can serve without waiting. */
  readonly spare: () => number;
  /**
   * Runs a job. Returns the time of the next one; null if this worker does not know the workspace, which is
   * left to others.
   */
  readonly work: (workspace: number) => Promise<Instant | null>;
  /** Receives the error if a job cannot be locked or put back. */
  readonly onError: (error: unknown) => void;
}

/** Locks due jobs, runs them and puts them back, until it is stopped. */
export interface Queue {
  /** Releases jobs that are locked by this worker in the database but not running. */
  free(): void;
  /** Stops locking jobs, and waits for the running ones. */
  stop(): Promise<void>;
}

/**
 * A locked job waits for a connection at each of its steps, so with a slow database only a few jobs are
 * locked at a time: all together would slow each other down.
 *
 * One loop both locks and releases, so that a job that was just locked is never released. After a statement
 * whose result was lost, and with each heartbeat, it first releases the jobs that it does not run.
 */
export function startQueue({ jobs, concurrency, spare, work, onError }: QueueOptions): Queue {
  const stopping = new AbortController();
  // Each job that waits to be put back adds a listener.
  setMaxListeners(0, stopping.signal);
  const hands = createHands(run);
  const strangers = new Set<number>();
  const putBack = createPutBack(jobs, stopping.signal);
  let isUnsure = true;

  async function run(workspace: number): Promise<void> {
    try {
      const at = await work(workspace);
      if (at !== null) await putBack({ workspace, at });
      else strangers.add(workspace);
      isUnsure ||= at === null;
    } catch (error) {
      onError(error);
      isUnsure = true;
    }
  }

  /** Returns the number of locked jobs. */
  async function take(room: number): Promise<number> {
    try {
      const free = isUnsure;
      isUnsure = false;
      if (free) await jobs.free(hands.all());
      if (room === 0) return 0;
      const taken = await jobs.take(room, [...strangers]);
      for (const each of taken) hands.take(each);
      return taken.length;
    } catch (error) {
      isUnsure = true;
      onError(error);
      return 0;
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = concurrency - hands.all().length;
      const room = Math.min(free, spare());
      if ((await take(room)) < room) await pause(LOOK_EVERY, stopping.signal);
      else if (room < free) await pause(GATHER_FOR, stopping.signal);
      else await hands.room(stopping.signal);
    }
  }

  const looping = loop();
  return {
    free: () => (isUnsure = true),
    async stop() {
      stopping.abort();
      await looping;
      await hands.empty();
      await jobs.free([]).catch(() => undefined);
    },
  };
}

/** Promises of the running jobs. */
function createHands(run: (workspace: number) => Promise<void>) {
  const running = new Map<number, Promise<void>>();
  return {
    all: () => [...running.keys()],
    take(workspace: number): void {
      const mine = run(workspace).finally(() => {
        // If this worker was presumed dead meanwhile, the job may have been locked again and be running a
        // second time.
        if (running.get(workspace) === mine) running.delete(workspace);
      });
      running.set(workspace, mine);
    },
    /** Waits until some of the running jobs have ended. */
    async room(signal: AbortSignal): Promise<void> {
      await Promise.race([...running.values(), pause(LOOK_EVERY, signal)]);
      await pause(GATHER_FOR, signal);
    },
    empty: () => Promise.all(running.values()),
  };
}
