import { isAboutThisCall } from '../../blotato/errors.js';
import { backoff } from '../../blotato/throttle.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';
import { type Check, type Next, unknown } from './check.js';
import { IN_DOUBT, readBack, type Sighting } from './read-back.js';
import type { Sending } from './sending.js';

/** Minimum time between two checks, however short `visibleWithin` is. */
const SHORTEST_WAIT: Millis = 50;
/**
 * Number of unsuccessful checks, after the time by which a send should be visible, until it counts as not
 * arrived.
 */
const LATE_CHECKS = 2;
/** Maximum number of resends of an ambiguous private reply: with the waits in between, about five minutes. */
const PRIVATE_RESENDS = 8;

/**
 * Settles an ambiguous send by read-back. If several checks after the time by which it should be visible do
 * not find it, it is sent again, once, or ends as `unknown_outcome`, as `delivery.ambiguous` says. Throws if
 * a check fails for a reason unrelated to the send: no response, a server error, a refused key.
 */
export async function reconcile(send: Send, sending: Sending): Promise<Check> {
  const answer = await readBackSafely(send, sending);
  return { delivery: null, next: nextStep(send, answer, sending) };
}

function nextStep(send: Send, { found, refused, doubt }: ReadBackResult, sending: Sending): Next {
  const now = sending.clock();
  // The send was made some time ago, so its final status may be available at once.
  if (found) return { end: { state: 'accepted', ...found, checkAt: now } };
  // A comment accepts only one private reply: a retry cannot duplicate it, and "already has a reply" shows
  // that it arrived.
  if (send.action === 'private_reply')
    return resendOrLeave(send, sending, 'a private reply may always be sent again');

  // Until its timeout the request may still have been on its way; only after that does the API's delay count.
  const visibleBy = (send.attemptedAt ?? send.createdAt) + sending.requestTimeout + sending.visibleWithin;
  if (refused !== null) return waitOrGiveUp(now, visibleBy, refused);
  if (now < visibleBy) return { checkAt: earlyCheckAt(send, sending, visibleBy), counting: 'uncounted' };
  if (send.checks + 1 < LATE_CHECKS) {
    const wait = Math.max(sending.visibleWithin / 3, SHORTEST_WAIT);
    return { checkAt: Math.ceil(now + wait), counting: 'counted' };
  }
  if (doubt) return unknown(IN_DOUBT);
  return resendOrLeave(
    send,
    sending,
    `${LATE_CHECKS} checks after the time by which it should be visible did not find it`,
  );
}

interface ReadBackResult extends Sighting {
  /** The API's reason for refusing the check; null if it did not refuse. */
  readonly refused: string | null;
}

async function readBackSafely(send: Send, sending: Sending): Promise<ReadBackResult> {
  try {
    return { ...(await readBack(send, sending)), refused: null };
  } catch (error) {
    // The conversation or the comment no longer exists.
    if (!isAboutThisCall(error)) throw error;
    return { found: null, doubt: false, refused: error.message };
  }
}

/**
 * Exponential backoff, because checks use the read budget: each check doubles the time since the attempt, until
 * the first check that counts.
 */
function earlyCheckAt(send: Send, { clock, visibleWithin }: Sending, visibleBy: Instant): Instant {
  const now = clock();
  const wait = Math.max(visibleWithin / 3, now - (send.attemptedAt ?? now), SHORTEST_WAIT);
  return Math.ceil(Math.min(now + wait, Math.max(visibleBy, now + SHORTEST_WAIT)));
}

/** A send that cannot be checked must not be sent again. */
function waitOrGiveUp(now: Instant, visibleBy: Instant, refused: string): Next {
  if (now >= visibleBy + LIMITS.backoffMost)
    return unknown(`it may have arrived, but cannot be checked: ${refused}`);
  return { checkAt: now + LIMITS.backoffMost / 10, counting: 'uncounted' };
}

function resendOrLeave(send: Send, { ambiguous, clock }: Sending, why: string): Next {
  const mayResend = ambiguous === 'resend_once' && send.resends === 0;
  const isRepeatable = send.action === 'private_reply' && send.resends < PRIVATE_RESENDS;
  if (!mayResend && !isRepeatable) return unknown(why);
  const notBefore = clock() + (send.resends === 0 ? 0 : backoff(send.resends));
  return { end: { state: 'pending', notBefore, detail: `sent again: ${why}`, isResend: true } };
}
