import { Worker } from 'node:worker_threads';
import { MINUTE, type Millis, SECOND } from '../domain/time.js';
import { judgeRules, type RulesJob, type RulesReport } from './judge-rules.js';
import type { RulesAnswer } from './rules-thread.js';

/** When run from TypeScript sources, no thread is used: Node 20 cannot start one from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const LONGEST: Millis = 30 * SECOND;
const MOST_MEMORY_MB = 512;
/** Jobs that may wait for the thread. */
const MOST_WAITING = 3;
/** The thread ends after this time without a job: starting one takes half a second. */
const KEPT_FOR: Millis = MINUTE;

/** Rules that cannot be judged now: too many at once, or they take too long. */
export class JudgeError extends Error {}

interface Thread {
  readonly worker: Worker;
  idle?: NodeJS.Timeout;
}

let thread: Thread | null = null;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Checks, tests and replays rules in a thread, so that the pipeline continues meanwhile; one job at a time, with limits on
 * time and memory. Throws JudgeError.
 */
export async function judgeAside(job: RulesJob): Promise<RulesReport> {
  if (IS_SOURCE) return judgeRules(job);
  if (waiting >= MOST_WAITING) throw new JudgeError('other rules are being checked; try again in a moment');
  waiting += 1;
  const result = last.then(() => runInThread(job));
  last = result.catch(() => undefined).finally(() => (waiting -= 1));
  return result;
}

async function runInThread(job: RulesJob): Promise<RulesReport> {
  const current = thread ?? start();
  const { worker } = current;
  clearTimeout(current.idle);
  const answered = new Promise<RulesAnswer>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new JudgeError('the rules need more memory than a check may use')));
  });
  const tooLong = setTimeout(() => void worker.terminate(), LONGEST);
  try {
    worker.postMessage(job);
    const answer = await answered;
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  } catch (error) {
    thread = null;
    await worker.terminate();
    throw error instanceof JudgeError || isOutOfMemory(error)
      ? new JudgeError(`the rules could not be checked within ${LONGEST / SECOND} s and ${MOST_MEMORY_MB} MB`)
      : error;
  } finally {
    clearTimeout(tooLong);
    worker.removeAllListeners().on('error', () => undefined);
    if (thread === current) {
      current.idle = setTimeout(() => {
        thread = null;
        void worker.terminate();
      }, KEPT_FOR).unref();
    }
  }
}

function start(): Thread {
  const worker = new Worker(new URL('./rules-thread.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  worker.unref();
  thread = { worker };
  return thread;
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
