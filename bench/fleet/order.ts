// The order of a measurement of many workspaces, and the report of the API about it.
import { type Millis, SECOND } from '../../src/domain/time.js';

export interface FleetOrder {
  readonly workspaces: number;
  /** Interval of the polls of a workspace, in seconds. */
  readonly cadence: number;
  /** Maximum number of cycles at a time; null for what `run` of the measured build has. */
  readonly concurrency: number | null;
  /** Database connections of a worker. */
  readonly connections: number;
  /** Latency of the API, in milliseconds. */
  readonly latency: Millis;
  /** Messages per second over all workspaces. */
  readonly writes: number;
}

/** An order with the addresses that a worker needs. */
export interface WorkerOrder extends FleetOrder {
  /** Folder of the compiled modules of the measured build. */
  readonly modules: string;
  /** Address of the database. */
  readonly url: string;
  /** Address of the API. */
  readonly api: string;
}

/** A worker's message each second. Memory in bytes. */
export interface WorkerMemory {
  readonly rss: number;
  readonly heapUsed: number;
}

/** Requests to the process of the API; each has one response. */
export type Question = 'begin' | 'progress' | 'report';

export interface ApiProgress {
  /** Lists that were read. */
  readonly streams: number;
  /** Time at which all lists had been read; null before. */
  readonly completeAt: number | null;
  /** Reads since the begin of the measurement. */
  readonly polls: number;
}

/** Measurements at the API. Times in seconds. */
export interface Report {
  readonly streams: number;
  readonly polls: number;
  /** Time from one read of a list to the next. */
  readonly gaps: Shares;
  /** Delay of a read after its due time. */
  readonly late: Shares;
  readonly written: number;
  readonly answered: number;
  readonly doubled: number;
  /** Time from a message to its reply. */
  readonly answers: Shares;
  readonly violations: number;
}

export interface Shares {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export function scheduleOf({ cadence }: Pick<FleetOrder, 'cadence'>): string {
  return cadence >= 60 ? '0 * * * * *' : `*/${cadence} * * * * *`;
}

/** Percentiles of times in milliseconds, in seconds. */
export function sharesOf(times: readonly Millis[]): Shares {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / SECOND;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}
