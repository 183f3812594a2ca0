import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, SECOND } from '../domain/time.js';
import { createBatch } from '../store/postgres/batch.js';
import type { DueJob, Jobs } from './jobs.js';

/** Jobs put back within this time are written as one batch. */
const GATHER_FOR: Millis = 10;
/**
 * Wait before the first retry, doubled each time: six seconds in total, longer than a restart of a database.
 */
const FIRST_RETRY: Millis = SECOND / 5;
const MOST_RETRIES = 5;

/**
 * Puts a job back, in one batch with those that end at the same time. A failed job is retried alone, so that
 * a row that the database refuses does not block others; after the last retry it throws.
 */
export function createPutBack(jobs: Jobs, stopping: AbortSignal): (job: DueJob) => Promise<void> {
  const together = createBatch<DueJob>(GATHER_FOR, (due) => jobs.putBack(due));
  return async (job) => {
    for (let retries = 0; ; retries += 1) {
      try {
        await (retries === 0 ? together(job) : jobs.putBack([job]));
        return;
      } catch (error) {
        if (retries === MOST_RETRIES || stopping.aborted) throw error;
        await pause(FIRST_RETRY * 2 ** retries, stopping);
      }
    }
  };
}

/** Waits for a time, but at most until `signal` aborts. */
export async function pause(time: Millis, signal: AbortSignal): Promise<void> {
  await delay(time, null, { signal }).catch(() => undefined);
}
