import { type Instant, type Millis, SECOND } from '../domain/time.js';
import type { PgStore } from '../store/postgres/open.js';

/** The next cycle of a workspace. */
export interface DueJob {
  readonly workspace: number;
  readonly at: Instant;
}

/**
 * The queue: one row per workspace, with the time of its next cycle and the worker that runs it. Times are
 * passed to the database as intervals from now, so that no worker's clock decides when a job is due.
 */
export interface Jobs {
  /** Adds a job that is due now for each workspace without one. */
  add(workspaces: readonly number[]): Promise<void>;
  /**
   * Locks up to `most` due jobs, the longest due first, except those of `strangers`. Returns their
   * workspaces.
   */
  take(most: number, strangers: readonly number[]): Promise<readonly number[]>;
  /** Ends running jobs of this worker and sets when each is due again. */
  putBack(due: readonly DueJob[]): Promise<void>;
  /**
   * Releases all jobs of this worker except the running ones: those whose lock was never confirmed, or that
   * could not be put back.
   */
  free(inHand: readonly number[]): Promise<void>;
  /** Releases the jobs of expired workers. Returns the number of jobs per worker. */
  freeOrphans(): Promise<ReadonlyMap<string, number>>;
  /** Moves jobs that are due later than `latest` to that time. */
  pullBack(latest: readonly DueJob[]): Promise<void>;
}

/** A job that is due by more than this after its scheduled time was not put back by a healthy worker. */
const LATE_MOST: Millis = 10 * SECOND;

/** Creates the queue; `worker` is the id of this worker. */
export function createJobs({ admin, time }: PgStore, worker: string): Jobs {
  /** Workspaces, with the seconds until the job of each is due. */
  const intervals = (due: readonly DueJob[]): [number[], number[]] => {
    const now = time.now();
    return [due.map(({ workspace }) => workspace), due.map(({ at }) => Math.max(0, at - now) / SECOND)];
  };
  return {
    async add(workspaces) {
      await admin.query(ADD, [workspaces]);
    },
    async take(most, strangers) {
      const { rows } = await admin.query<{ id: number }>({ ...TAKE, values: [worker, most, strangers] });
      return rows.map(({ id }) => id);
    },
    async putBack(due) {
      await admin.query({ ...PUT_BACK, values: [worker, ...intervals(due)] });
    },
    async free(inHand) {
      await admin.query(FREE, [worker, inHand]);
    },
    async freeOrphans() {
      const { rows } = await admin.query<{ worker: string; n: number }>(FREE_ORPHANS);
      return new Map(rows.map((row) => [row.worker, row.n]));
    },
    async pullBack(latest) {
      await admin.query(PULL_BACK, [...intervals(latest), LATE_MOST / SECOND]);
    },
  };
}

const ADD = 'insert into autoresponder.jobs (workspace_id) select unnest($1::int[]) on conflict do nothing';

// A worker whose heartbeat expired locks nothing until its next heartbeat: its jobs would be orphaned at
// once.
const TAKE = {
  name: 'take_jobs',
  text: `
update autoresponder.jobs set worker = $1 where workspace_id in (
  select workspace_id from autoresponder.jobs
  where worker is null and due_at <= now() and workspace_id <> all($3::int[])
    and exists (select 1 from autoresponder.workers where id = $1)
  order by due_at limit $2 for update skip locked)
returning workspace_id as id`,
};

const PUT_BACK = {
  name: 'put_back_jobs',
  text: `
update autoresponder.jobs set worker = null, due_at = now() + make_interval(secs => due.s)
from unnest($2::int[], $3::float8[]) as due (id, s) where workspace_id = due.id and worker = $1`,
};

const FREE =
  'update autoresponder.jobs set worker = null where worker = $1 and workspace_id <> all($2::int[])';

const FREE_ORPHANS = `
with orphans as (
  select workspace_id as id, worker from autoresponder.jobs
  where worker is not null and worker not in (select id from autoresponder.workers) for update skip locked),
freed as (
  update autoresponder.jobs set worker = null from orphans where workspace_id = orphans.id returning orphans.worker)
select worker, count(*) as n from freed group by worker`;

const PULL_BACK = `
update autoresponder.jobs set due_at = now() + make_interval(secs => latest.s)
from unnest($1::int[], $2::float8[]) as latest (id, s)
where workspace_id = latest.id and worker is null and due_at > now() + make_interval(secs => latest.s + $3)`;
