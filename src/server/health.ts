import { type Instant, formatInstant, MINUTE, type Millis } from '../domain/time.js';
import type { Health } from '../domain/health.js';

/** The lists must have been read whole within this time after it was due for the program to be ready. */
const FRESH_FOR: Millis = 2 * MINUTE;

/**
 * Whether nothing was read for longer than `poll.schedule` explains. A time in the future is no sign of health: a clock was
 * wrong when it was noted, or is now.
 */
export function isReadLate({ readAt, dueAt }: Health, now: Instant): boolean {
  if (readAt === null) return false;
  return now >= Math.max(readAt, dueAt ?? 0) + FRESH_FOR || readAt > now + FRESH_FOR;
}

/** The answer of `/readyz`: 200 when everything is read, 503 when it is not. */
export function readiness(
  health: Health,
  now: Instant,
): { readonly status: 200 | 503; readonly body: object } {
  const isFresh =
    health.readAt !== null &&
    !isReadLate(health, now) &&
    health.failing.length === 0 &&
    health.trouble === undefined;
  const body = {
    status: isFresh ? 'ready' : 'not ready',
    read_at: health.readAt === null ? null : formatInstant(health.readAt),
    failing: health.failing,
    ...(health.trouble === undefined ? {} : { store: health.trouble }),
    ...(health.rulesFaults?.length ? { rules_faults: health.rulesFaults } : {}),
  };
  return { status: isFresh ? 200 : 503, body };
}
