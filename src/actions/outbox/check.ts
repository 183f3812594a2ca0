import type { AttemptEnd } from '../../domain/attempt.js';
import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { DeliveryStatus } from '../../store/ports/polls.js';
import type { Sending } from './sending.js';

/** What follows from a look at a send: it ends, or it is looked at again. A look that failed is not counted. */
export type Next =
  { readonly end: AttemptEnd } | { readonly checkAt: Instant; readonly counting: 'counted' | 'uncounted' };

/** What a look at a send found, for `recordLook` to commit. */
export interface Check {
  /** Its status as the API has it. If that ends the send, `next` does not apply. */
  readonly delivery: DeliveryStatus | null;
  readonly next: Next;
}

/** Commits what a look found. Returns the sends that ended by it. */
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

/** Nobody can tell any more whether it arrived. */
export function unknown(detail: string): Next {
  return { end: { state: 'unknown_outcome', reason: 'unknown_outcome', detail } };
}
