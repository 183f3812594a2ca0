import type { Instant } from './time.js';

/** An error of the store that recurs at each statement until somebody repairs it. */
export interface Trouble {
  /** Text of the error, with the fix. */
  readonly text: string;
  readonly at: Instant;
}

/** State of a workspace for a load balancer or a supervisor, by the same rules for one workspace and for many. */
export interface Health {
  /** Time when a list was last read completely; null if never. */
  readonly readAt: Instant | null;
  /** Time when the next read was due after that, by `poll.schedule`. @default at once */
  readonly dueAt?: Instant | undefined;
  /** Lists whose last poll failed. */
  readonly failing: readonly string[];
  /** Last error of each of these lists. @default unknown */
  readonly causes?: Readonly<Record<string, string>>;
  /** True if Blotato refused the key at the last poll. */
  readonly isKeyRefused: boolean;
  /** The error of the store, with the fix. @default no error */
  readonly trouble?: string;
  /**
   * Errors that keep changed rules from being activated, as `file:line:column: message`; the previous rules
   * stay active.
   */
  readonly rulesFaults?: readonly string[];
}
