import { type Instant, formatInstant, MINUTE, type Millis } from '../domain/time.js';

/** How the program is, as far as a load balancer or a supervisor asks. */
export interface Health {
  /** When a list was last read to the end; null when none ever was. */
  readonly readAt: Instant | null;
  /** The lists that could not be read the last time. */
  readonly failing: readonly string[];
  /** Blotato refused the key the last time that a list was read. */
  readonly isKeyRefused: boolean;
  /** What keeps changed rules from being used, `file:line:column: message`; those read before stay in force. */
  readonly rulesFaults?: readonly string[];
}

/** The lists must have been read whole within this time for the program to be ready. */
const FRESH_FOR: Millis = 2 * MINUTE;

/** The answer of `/readyz`: 200 when everything is read, 503 when it is not. */
export function readiness(
  health: Health,
  now: Instant,
): { readonly status: 200 | 503; readonly body: object } {
  const isFresh = health.readAt !== null && now - health.readAt < FRESH_FOR && health.failing.length === 0;
  const body = {
    status: isFresh ? 'ready' : 'not ready',
    read_at: health.readAt === null ? null : formatInstant(health.readAt),
    failing: health.failing,
    ...(health.rulesFaults?.length ? { rules_faults: health.rulesFaults } : {}),
  };
  return { status: isFresh ? 200 : 503, body };
}
