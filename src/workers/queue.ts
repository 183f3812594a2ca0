import type { Instant, Millis } from '../domain/time.js';
import type { Jobs } from './jobs.js';
import { createPutBack, pause } from './put-back.js';

/**
 * How soon a job that is due is found. Not by all workers alike: of two that look at the same pace the one that looks first
 * would find all, again and again.
 */
const LOOK_EVERY: Millis = 400 + Math.round(Math.random() * 200);
/** Where more is due than there is room for, jobs that end within this time make room together. */
const GATHER_FOR: Millis = 20;

export interface QueueOptions {
  readonly jobs: Jobs;
  /** How many are in hand at the same time. */
  readonly concurrency: number;
  /** Does a job. Returns when the next is due; null if the workspace is unknown here, and left to others. */
  readonly work: (workspace: number) => Promise<Instant | null>;
  /** Gets what keeps a job from being taken or put back. */
  readonly onError: (error: unknown) => void;
}

/** Takes jobs that are due, does them, and puts them back, until it is stopped. */
export interface Queue {
  /** Frees jobs that the database counts as this worker's, and that are not in hand. */
  free(): void;
  /** Waits for the jobs in hand. */
  stop(): Promise<void>;
}

/**
 * One loop takes and frees, so that a job which was just taken is never freed: after a statement whose answer was lost,
 * and with each heartbeat, it begins with freeing what it does not know of.
 */
export function startQueue({ jobs, concurrency, work, onError }: QueueOptions): Queue {
  const stopping = new AbortController();
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

  /** Returns how many it took. */
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
      const room = concurrency - hands.all().length;
      if ((await take(room)) < room) await pause(LOOK_EVERY, stopping.signal);
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

/** The jobs that are in hand. */
function createHands(run: (workspace: number) => Promise<void>) {
  const running = new Map<number, Promise<void>>();
  return {
    all: () => [...running.keys()],
    take(workspace: number): void {
      const mine = run(workspace).finally(() => {
        // One that was taken for a dead worker's may have been taken again.
        if (running.get(workspace) === mine) running.delete(workspace);
      });
      running.set(workspace, mine);
    },
    /** Waits until some have ended. */
    async room(signal: AbortSignal): Promise<void> {
      await Promise.race([...running.values(), pause(LOOK_EVERY, signal)]);
      await pause(GATHER_FOR, signal);
    },
    empty: () => Promise.all(running.values()),
  };
}
