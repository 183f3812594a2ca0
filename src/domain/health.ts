import type { Instant } from './time.js';

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
  /** In which way the store is broken, with the fix. @default it works */
  readonly trouble?: string;
  /** What keeps changed rules from being used, `file:line:column: message`; those read before stay in force. */
  readonly rulesFaults?: readonly string[];
}
