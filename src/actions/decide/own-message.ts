import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';

/**
 * The reason why no rule runs for an event: it is our own, has no account, or is older than the first start.
 */
export function notOurs(
  event: InboundEvent,
  facts: Facts,
): { readonly reason: Reason; readonly note: string | null } | null {
  if (event.direction === 'outgoing') return { reason: 'own_message', note: null };
  if (event.account === null) {
    return {
      reason: 'direction_unknown',
      note: 'the API names no conversation for this message, so its account is unknown',
    };
  }
  if (event.direction === 'unknown') return { reason: 'direction_unknown', note: null };
  return facts.beforeStart ? { reason: 'too_old', note: null } : null;
}
