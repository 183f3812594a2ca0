import { Worker } from 'node:worker_threads';
import { MINUTE, type Millis, SECOND } from '../domain/time.js';
import type { RulesJob, RulesReport } from './judge-rules.js';
import { type JobName, type JobOf, type NamedJob, type ReportOf, runJob } from './jobs.js';
import type { RulesAnswer } from './rules-thread.js';

/** When run from TypeScript sources, no thread is used: Node 20 cannot start one from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const LONGEST: Millis = 30 * SECOND;
const MOST_MEMORY_MB = 512;
/** Maximum number of jobs that wait for the thread. */
const MOST_WAITING = 3;
/** Time without a job after which the thread ends; starting a thread takes half a second. */
const KEPT_FOR: Millis = MINUTE;

/** Error: the rules cannot be checked now, because too many jobs wait or the check takes too long. */
export class JudgeError extends Error {}

interface Thread {
  readonly worker: Worker;
  idle?: NodeJS.Timeout;
}

let thread: Thread | null = null;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Checks, tests and replays rules in the thread. Throws JudgeError. */
export function judgeAside(job: RulesJob): Promise<RulesReport> {
  return runAside('judge', job);
}

/**
 * Runs a job in a thread, so that the program is not blocked. Runs one job at a time, with limits on time and
 * memory. Throws JudgeError.
 */
export async function runAside<N extends JobName>(name: N, job: JobOf<N>): Promise<ReportOf<N>> {
  if (IS_SOURCE) return runJob(name, job);
  if (waiting >= MOST_WAITING) throw new JudgeError('other rules are being checked; try again in a moment');
  waiting += 1;
  const result = last.then(() => runInThread({ name, job }));
  last = result.catch(() => undefined).finally(() => (waiting -= 1));
  return (await result) as ReportOf<N>;
}

async function runInThread(job: NamedJob): Promise<unknown> {
  const current = thread ?? start();
  clearTimeout(current.idle);
  const tooLong = setTimeout(() => void current.worker.terminate(), LONGEST);
  try {
    const answer = await answerOf(current.worker, job);
    if ('error' in answer) throw new Error(answer.error);
    current.idle = setTimeout(() => end(current), KEPT_FOR).unref();
    return answer.report;
  } catch (error) {
    end(current);
    throw error instanceof JudgeError || isOutOfMemory(error)
      ? new JudgeError(`the rules could not be checked within ${LONGEST / SECOND} s and ${MOST_MEMORY_MB} MB`)
      : error;
  } finally {
    clearTimeout(tooLong);
  }
}

/**
 * The next message of the thread. WARNING: listeners are removed one by one. `removeAllListeners` also
 * removes the internal listeners by which a Worker notices new listeners, so that no later message arrives
 * (seen with Node 20.20).
 */
function answerOf(worker: Worker, job: NamedJob): Promise<RulesAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      then();
    };
    const onMessage = (answer: RulesAnswer): void => settle(() => resolve(answer));
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (): void => settle(() => reject(new JudgeError('the thread ended')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}

function start(): Thread {
  const worker = new Worker(new URL('./rules-thread.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  // Without a running job no other listener handles this event.
  worker.on('error', () => undefined);
  worker.unref();
  const started: Thread = { worker };
  worker.once('exit', () => {
    if (thread === started) thread = null;
  });
  thread = started;
  return started;
}

function end(ended: Thread): void {
  clearTimeout(ended.idle);
  if (thread === ended) thread = null;
  void ended.worker.terminate();
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
