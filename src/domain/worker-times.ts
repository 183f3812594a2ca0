import { type Millis, SECOND } from './time.js';

/**
 * The heartbeats of workers that share a database, and the times that depend on them. The times must be
 * consistent with each other.
 */
export interface WorkerTimes {
  /** Interval of a worker's heartbeats. */
  readonly heartbeat: Millis;
  /** A worker without a heartbeat for this long is dead: its jobs are released. */
  readonly heartbeatTimeout: Millis;
  /**
   * A claimed send leaves within this time or not at all: after a longer pause the lease may have expired and
   * another worker may already handle the send. Less than `heartbeatTimeout` minus `heartbeat`.
   */
  readonly claimedMost: Millis;
}

export const WORKER_TIMES: WorkerTimes = {
  heartbeat: 2 * SECOND,
  heartbeatTimeout: 10 * SECOND,
  claimedMost: 7 * SECOND,
};
