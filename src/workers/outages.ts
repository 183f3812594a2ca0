import { formatDuration, type Millis, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import { isLostConnection, isTableMissing } from '../store/postgres/lost-connection.js';
import { StoreError } from '../store/ports/store-error.js';
import { pause } from './put-back.js';

/** Outages of the database, each logged once when it begins and once when it ends; missing tables are logged once. */
export interface Outages {
  /** Reports an error. Returns true if an outage explains it; then the outage is logged instead. */
  explain(error: unknown): boolean;
  /** Returns a logger that logs errors explained by an outage, or by a lost lease, at level debug. */
  quiet(logger: Logger): Logger;
  /**
   * True once the tables were missing. What a restored database says about sends is older than this worker's memory,
   * so it must do nothing until it is started again.
   */
  isGone(): boolean;
  /** Stops watching. */
  stop(): void;
}

const PROBE_EVERY: Millis = SECOND / 2;
/**
 * An outage is over when nothing has failed for this long: statements in progress may fail after the first
 * successful probe.
 */
const QUIET_FOR: Millis = 2 * SECOND;

const GONE =
  'the tables of the database are missing; this worker does nothing until it is started again. Stop all workers, restore the database, then start them';

const WAITING = 'select count(*) as n from autoresponder.jobs where worker is null and due_at <= now()';

export function createOutages({ admin }: PgStore, logger: Logger): Outages {
  const over = new AbortController();
  let failedAt: Millis = 0;
  let isAway = false;
  let isGone = false;

  async function watch(error: unknown): Promise<void> {
    const began = performance.now();
    logger.error({ err: error }, 'connection to the database lost; retrying');
    while (!over.signal.aborted && performance.now() - failedAt < QUIET_FOR) {
      await pause(PROBE_EVERY, over.signal);
      await admin.query('select 1').catch(() => (failedAt = performance.now()));
    }
    isAway = false;
    if (over.signal.aborted) return;
    // The outage ended at the first successful probe.
    const lasted = Math.max(0, performance.now() - QUIET_FOR - began);
    const { rows } = await admin.query<{ n: number }>(WAITING).catch(() => ({ rows: [] }));
    logger.warn(
      { lasted: formatDuration(lasted), waiting: rows[0]?.n },
      'connection to the database restored; `waiting` workspaces are due',
    );
  }

  function explain(error: unknown): boolean {
    if (isTableMissing(error)) {
      if (!isGone) logger.error({ err: error }, GONE);
      isGone = true;
      return true;
    }
    if (!isLostConnection(error)) return false;
    failedAt = performance.now();
    if (!isAway && !over.signal.aborted) {
      isAway = true;
      void watch(error);
    }
    return true;
  }

  return {
    explain,
    quiet: (inner) => quietLogger(inner, explain),
    isGone: () => isGone,
    stop: () => over.abort(),
  };
}

/** The workers log a lost lease once per cycle; all that fails because of it needs no lines of its own. */
function isFenced(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'fenced';
}

/** Child loggers of the returned logger still log such errors. */
function quietLogger(inner: Logger, explain: Outages['explain']): Logger {
  const outer = Object.create(inner) as Logger;
  for (const level of ['error', 'warn'] as const) {
    outer[level] = (about: unknown, ...more: unknown[]): void => {
      const error = typeof about === 'object' && about !== null && 'err' in about ? about.err : about;
      inner[explain(error) || isFenced(error) ? 'debug' : level](about as object, ...(more as [string]));
    };
  }
  return outer;
}
