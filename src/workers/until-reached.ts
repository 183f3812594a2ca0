import { type Millis, MINUTE, SECOND } from '../domain/time.js';
import { isLostConnection } from '../store/postgres/lost-connection.js';
import { pause } from './put-back.js';

export interface UntilReachedOptions {
  readonly stopping: AbortSignal;
  /** Wait before a retry. @default 1 second */
  readonly wait?: Millis;
  /** Time after which it gives up. @default a minute */
  readonly most?: Millis;
}

/**
 * Repeats work until the database can be reached, for a while: a worker may be started during an outage. Throws other
 * errors at once.
 */
export async function untilReached<T>(
  work: () => Promise<T>,
  { stopping, wait = SECOND, most = MINUTE }: UntilReachedOptions,
): Promise<T> {
  const until = performance.now() + most;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLostConnection(error) || stopping.aborted || performance.now() > until) throw error;
      await pause(wait, stopping);
    }
  }
}
