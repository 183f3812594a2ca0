import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Millis, SECOND } from '../domain/time.js';
import type { PgStore } from '../store/postgres/open.js';

/** A name that no other worker has. */
export function nameWorker(): string {
  return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Heartbeats of this worker. Uses the database's time, so that clocks need not agree. */
export interface Heartbeats {
  /** Sends one heartbeat, and removes the workers whose heartbeat expired. */
  beat(): Promise<void>;
  /** Removes this worker from the table of workers; it must hold no job any more. */
  end(): Promise<void>;
}

export interface HeartbeatsOptions {
  readonly served: PgStore;
  /** Id of this worker. */
  readonly id: string;
  /** Workspaces that this worker serves. */
  readonly workspaces: readonly number[];
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
}

export function createHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const { id, workspaces, timeout } = options;
  const { admin } = options.served;
  let last: Millis | null = null;
  return {
    async beat() {
      await admin.query(HEARTBEAT, [id, workspaces]);
      const now = performance.now();
      // If this worker could not send a heartbeat for as long as the timeout, perhaps no other could: the
      // database was unavailable.
      if (last !== null && now - last < timeout) await admin.query(EXPIRE, [timeout / SECOND]);
      last = now;
    },
    async end() {
      await admin.query('delete from autoresponder.workers where id = $1', [id]);
    },
  };
}

const HEARTBEAT = `
insert into autoresponder.workers (id, workspaces, seen_at) values ($1, $2, now())
on conflict (id) do update set seen_at = excluded.seen_at`;

const EXPIRE = 'delete from autoresponder.workers where seen_at < now() - make_interval(secs => $1)';
