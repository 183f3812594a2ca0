import { judgeRules } from './judge-rules.js';
import { readRule, suggestAll } from './suggest-job.js';

/** The jobs of the rules thread, by name. Jobs and reports are plain data. */
export const JOBS = { judge: judgeRules, suggest: suggestAll, read: readRule };

export type JobName = keyof typeof JOBS;
export type JobOf<N extends JobName> = Parameters<(typeof JOBS)[N]>[0];
export type ReportOf<N extends JobName> = Awaited<ReturnType<(typeof JOBS)[N]>>;

/** A job as it is sent to the thread. */
export interface NamedJob {
  readonly name: JobName;
  readonly job: unknown;
}

export function runJob<N extends JobName>(name: N, job: JobOf<N>): Promise<ReportOf<N>> {
  const run = JOBS[name] as (job: JobOf<N>) => Promise<ReportOf<N>>;
  return run(job);
}
