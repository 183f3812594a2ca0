// Entry point of the thread in which `judge-aside.ts` checks, tests and replays rules.
import { parentPort } from 'node:worker_threads';
import { judgeRules, type RulesJob } from './judge-rules.js';

/** The result of a job, or its error. */
export type RulesAnswer =
  { readonly report: Awaited<ReturnType<typeof judgeRules>> } | { readonly error: string };

parentPort?.on('message', (job: RulesJob) => {
  judgeRules(job)
    .then((report): RulesAnswer => ({ report }))
    .catch((error: unknown): RulesAnswer => ({
      error: error instanceof Error ? error.message : String(error),
    }))
    .then((answer) => parentPort?.postMessage(answer))
    .catch(() => undefined);
});
