// Entry point of the thread in which `judge-aside.ts` checks, tests and replays rules.
import { parentPort } from 'node:worker_threads';
import { type JobOf, type NamedJob, runJob } from './jobs.js';

/** The report of a job, or its error. */
export type RulesAnswer = { readonly report: unknown } | { readonly error: string };

parentPort?.on('message', ({ name, job }: NamedJob) => {
  runJob(name, job as JobOf<typeof name>)
    .then((report): RulesAnswer => ({ report }))
    .catch((error: unknown): RulesAnswer => ({
      error: error instanceof Error ? error.message : String(error),
    }))
    .then((answer) => parentPort?.postMessage(answer))
    .catch(() => undefined);
});
