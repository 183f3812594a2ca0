import { type Instant, formatInstant, MINUTE, type Millis } from '../domain/time.js';

/** How the program is, as far as a load balancer or a supervisor asks. */
export interface Health {
  /** When a list was last read to the end; null when none ever was. */
  readonly readAt: Instant | null;
  /** When it was to be read again after that, by `poll.schedule`. @default at once */
  readonly dueAt?: Instant | undefined;
  /** The lists that could not be read the last time. */
  readonly failing: readonly string[];
  /** Blotato refused the key the last time that a list was read. */
  readonly isKeyRefused: boolean;
  /** What keeps changed rules from being used, `file:line:column: message`; those read before stay in force. */
  readonly rulesFaults?: readonly string[];
}

/** The lists must have been read whole within this time after it was due for the program to be ready. */
const FRESH_FOR: Millis = 2 * MINUTE;

/** Whether nothing was read for longer than `poll.schedule` explains. */
export function isReadLate({ readAt, dueAt }: Health, now: Instant): boolean {
  return readAt !== null && now >= Math.max(readAt, dueAt ?? 0) + FRESH_FOR;
}

/** The answer of `/readyz`: 200 when everything is read, 503 when it is not. */
export function readiness(
  health: Health,
  now: Instant,
): { readonly status: 200 | 503; readonly body: object } {
  const isFresh = health.readAt !== null && !isReadLate(health, now) && health.failing.length === 0;
  const body = {
    status: isFresh ? 'ready' : 'not ready',
    read_at: health.readAt === null ? null : formatInstant(health.readAt),
    failing: health.failing,
    ...(health.rulesFaults?.length ? { rules_faults: health.rulesFaults } : {}),
  };
  return { status: isFresh ? 200 : 503, body };
}
