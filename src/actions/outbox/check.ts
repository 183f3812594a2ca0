import type { AttemptEnd } from '../../domain/attempt.js';
import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { DeliveryStatus } from '../../store/ports/polls.js';
import type { Sending } from './sending.js';

/** Consequence of a check: the send ends, or is checked again. A failed check is not counted. */
export type Next =
  { readonly end: AttemptEnd } | { readonly checkAt: Instant; readonly counting: 'counted' | 'uncounted' };

/** Result of a check, for `recordCheck` to commit. */
export interface Check {
  /** Status of the send in the API. If it ends the send, `next` does not apply. */
  readonly delivery: DeliveryStatus | null;
  readonly next: Next;
}

/** Commits the result of a check. Returns the sends that it ended. */
export async function recordCheck(
  send: Send,
  { delivery, next }: Check,
  { store, clock }: Pick<Sending, 'store' | 'clock'>,
): Promise<readonly Send[]> {
  const delivered = delivery === null ? [] : await store.recordDeliveries([delivery], clock());
  if (delivered.length > 0) return delivered;
  if ('checkAt' in next) {
    await store.postponeCheck(send, next.checkAt, next.counting);
    return [];
  }
  const { end } = next;
  const isEnded = await store.endAttempt(send, end, clock());
  return isEnded && end.state === 'unknown_outcome' ? [{ ...send, ...end, state: end.state }] : [];
}

/** Ends a send whose outcome remains unknown. */
export function unknown(detail: string): Next {
  return { end: { state: 'unknown_outcome', reason: 'unknown_outcome', detail } };
}
