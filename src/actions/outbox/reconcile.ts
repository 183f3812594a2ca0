import { isAboutThisCall } from '../../blotato/errors.js';
import { backoff } from '../../blotato/throttle.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';
import { type Check, type Next, unknown } from './check.js';
import { IN_DOUBT, readBack, type Sighting } from './read-back.js';
import type { Sending } from './sending.js';

/** Between two looks, however short `visibleWithin` is. */
const SHORTEST_WAIT: Millis = 50;
/** Looks past the time by which a send shows that must have found nothing before it counts as not arrived. */
const LATE_CHECKS = 2;
/** How often a private reply of unknown fate is tried again: with the waits between, over some five minutes. */
const PRIVATE_RESENDS = 8;

/**
 * Settles an ambiguous send by reading back. Not there, at more than one look past the time by which a send shows: it is
 * sent again, once, or stays `unknown_outcome`, as `delivery.ambiguous` says. Throws when a look fails for
 * a reason that is not the send's: no answer, a server in trouble, a refused key.
 */
export async function reconcile(send: Send, sending: Sending): Promise<Check> {
  const answer = await readBackSafely(send, sending);
  return { delivery: null, next: nextStep(send, answer, sending) };
}

function nextStep(send: Send, { found, refused, doubt }: ReadBackResult, sending: Sending): Next {
  const now = sending.clock();
  // It was sent some time ago: its final status may be had at once.
  if (found) return { end: { state: 'accepted', ...found, checkAt: now } };
  // A comment takes one private reply: trying again cannot double it, and "already has a reply" says that it arrived.
  if (send.action === 'private_reply')
    return resendOrLeave(send, sending, 'a private reply may always be tried again');

  // Until the time-out the request may still have been on its way; only from there on does the API's delay count.
  const visibleBy = (send.attemptedAt ?? send.createdAt) + sending.requestTimeout + sending.visibleWithin;
  if (refused !== null) return waitOrGiveUp(now, visibleBy, refused);
  if (now < visibleBy) return { checkAt: earlyCheckAt(send, sending, visibleBy), counting: 'uncounted' };
  if (send.checks + 1 < LATE_CHECKS) {
    const wait = Math.max(sending.visibleWithin / 3, SHORTEST_WAIT);
    return { checkAt: Math.ceil(now + wait), counting: 'counted' };
  }
  if (doubt) return unknown(IN_DOUBT);
  return resendOrLeave(send, sending, `${LATE_CHECKS} looks past the time by which it shows did not find it`);
}

interface ReadBackResult extends Sighting {
  /** Why the API does not let us look; null: it does. */
  readonly refused: string | null;
}

async function readBackSafely(send: Send, sending: Sending): Promise<ReadBackResult> {
  try {
    return { ...(await readBack(send, sending)), refused: null };
  } catch (error) {
    // The conversation is gone, or the comment.
    if (!isAboutThisCall(error)) throw error;
    return { found: null, doubt: false, refused: error.message };
  }
}

/** As long again as it has been looked for, since looks are paid from the budget of reads; the next counted one at the latest. */
function earlyCheckAt(send: Send, { clock, visibleWithin }: Sending, visibleBy: Instant): Instant {
  const now = clock();
  const wait = Math.max(visibleWithin / 3, now - (send.attemptedAt ?? now), SHORTEST_WAIT);
  return Math.ceil(Math.min(now + wait, Math.max(visibleBy, now + SHORTEST_WAIT)));
}

/** Without a look nobody may send it again. */
function waitOrGiveUp(now: Instant, visibleBy: Instant, refused: string): Next {
  if (now >= visibleBy + LIMITS.backoffMost)
    return unknown(`it may have arrived and cannot be looked up: ${refused}`);
  return { checkAt: now + LIMITS.backoffMost / 10, counting: 'uncounted' };
}

function resendOrLeave(send: Send, { ambiguous, clock }: Sending, why: string): Next {
  const mayResend = ambiguous === 'resend_once' && send.resends === 0;
  const isRepeatable = send.action === 'private_reply' && send.resends < PRIVATE_RESENDS;
  if (!mayResend && !isRepeatable) return unknown(why);
  const notBefore = clock() + (send.resends === 0 ? 0 : backoff(send.resends));
  return { end: { state: 'pending', notBefore, detail: `sent again: ${why}`, isResend: true } };
}
