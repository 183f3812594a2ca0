import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Millis, SECOND } from '../domain/time.js';
import type { WorkerTimes } from '../domain/worker-times.js';
import type { PgStore } from '../store/postgres/open.js';

/** A name that no other worker has. */
export function nameWorker(): string {
  return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Heartbeats of this worker. Uses the database's time, so that clocks need not agree. */
export interface Heartbeats {
  /** True if the last heartbeat failed, or is about an interval ago: checks are a part of an interval apart. */
  isDue(): boolean;
  /** Sends one heartbeat. */
  beat(): Promise<void>;
  /** Removes the workers whose heartbeat expired. Returns their number. */
  expire(): Promise<number>;
  /** Removes this worker from the table of workers; it must hold no job any more. */
  end(): Promise<void>;
}

export interface HeartbeatsOptions {
  readonly served: PgStore;
  /** Id of this worker. */
  readonly id: string;
  /** Workspaces that this worker serves now. */
  readonly workspaces: () => readonly number[];
  readonly times: Pick<WorkerTimes, 'heartbeat' | 'heartbeatTimeout'>;
  /** A monotonic clock. @default performance.now */
  readonly steady?: () => Millis;
}

/**
 * The heartbeats of a worker are steady while each succeeds in time; then others could send theirs as well. After a
 * failure or a pause the database may have been unavailable to all, so that no worker expires before each had an
 * interval for a heartbeat.
 */
export function createHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const { id, workspaces, times, steady = () => performance.now() } = options;
  const { admin } = options.served;
  let last: Millis | null = null;
  let steadySince: Millis | null = null;
  const isLate = (now: Millis): boolean =>
    last === null || now - last > times.heartbeatTimeout - times.heartbeat;
  return {
    isDue: () => last === null || steadySince === null || steady() - last >= 0.9 * times.heartbeat,
    async beat() {
      if (isLate(steady())) steadySince = null;
      try {
        await admin.query(HEARTBEAT, [id, workspaces()]);
      } catch (error) {
        steadySince = null;
        throw error;
      }
      const now = steady();
      steadySince = isLate(now) ? now : (steadySince ?? now);
      last = now;
    },
    async expire() {
      const now = steady();
      if (isLate(now) || steadySince === null || now - steadySince < times.heartbeat) return 0;
      const { rowCount } = await admin.query(EXPIRE, [times.heartbeatTimeout / SECOND]);
      return rowCount ?? 0;
    },
    async end() {
      await admin.query('delete from autoresponder.workers where id = $1', [id]);
    },
  };
}

// An unchanged list is kept: a list of thousands would be written again every second.
const HEARTBEAT = `
insert into autoresponder.workers (id, workspaces, seen_at) values ($1, $2, now())
on conflict (id) do update set seen_at = excluded.seen_at, workspaces =
  case when workers.workspaces = excluded.workspaces then workers.workspaces else excluded.workspaces end`;

const EXPIRE = 'delete from autoresponder.workers where seen_at < now() - make_interval(secs => $1)';
