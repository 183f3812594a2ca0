import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Millis, SECOND } from '../domain/time.js';
import type { PgStore } from '../store/postgres/open.js';

/** A name that no other worker has. */
export function nameWorker(): string {
  return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Heartbeats of this worker, and the names of workers whose heartbeat expired. */
export interface Heartbeats {
  /** Sends one heartbeat. Returns the names under which expired workers hold jobs, which may be released. */
  beat(): Promise<readonly string[]>;
  /** Removes this worker: it holds no job any more. */
  end(): Promise<void>;
}

export interface HeartbeatsOptions {
  readonly served: PgStore;
  /** Of this worker. */
  readonly id: string;
  /** Those that it serves. */
  readonly workspaces: readonly number[];
  /** Under which it takes work. */
  readonly names: () => readonly string[];
  /** The table in which the queue's library notes who took what. */
  readonly jobs: string;
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
}

/** The time is the database's, so that no clock has to agree with another. */
export function createHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const { id, workspaces, names, jobs } = options;
  const { admin } = options.served;
  const silence = options.timeout / SECOND;
  return {
    async beat() {
      await admin.query(HEARTBEAT, [id, names(), workspaces]);
      await admin.query(FORGET, [silence]);
      const { rows } = await admin.query<{ name: string }>(orphans(jobs), [silence]);
      return rows.map((row) => row.name);
    },
    async end() {
      await admin.query('delete from autoresponder.workers where id = $1', [id]);
    },
  };
}

const HEARTBEAT = `
insert into autoresponder.workers (id, names, workspaces, seen_at) values ($1, $2, $3, now())
on conflict (id) do update set names = excluded.names, seen_at = excluded.seen_at`;

const FORGET = 'delete from autoresponder.workers where seen_at < now() - make_interval(secs => $1)';

/** Taken by nobody who is there; not just now, since a worker may not have said yet that it is there. */
const orphans = (jobs: string): string => `
select distinct locked_by as name from ${jobs}
where locked_by is not null and locked_at < now() - make_interval(secs => $1)
  and locked_by not in (select unnest(names) from autoresponder.workers)`;
