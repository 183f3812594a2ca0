import type { Instant } from './time.js';

/** State of the program for a load balancer or a supervisor. */
export interface Health {
  /** Time when a list was last read completely; null if never. */
  readonly readAt: Instant | null;
  /** Time when the next read was due after that, by `poll.schedule`. @default at once */
  readonly dueAt?: Instant | undefined;
  /** Lists whose last poll failed. */
  readonly failing: readonly string[];
  /** True if Blotato refused the key at the last poll. */
  readonly isKeyRefused: boolean;
  /** The error of the store, with the fix. @default it works */
  readonly trouble?: string;
  /**
   * Errors that keep changed rules from being activated, as `file:line:column: message`; the previous rules
   * stay active.
   */
  readonly rulesFaults?: readonly string[];
}
