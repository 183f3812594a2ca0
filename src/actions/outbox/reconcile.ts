import { BlotatoError } from '../../blotato/errors.js';
import { backoff } from '../../blotato/throttle.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import type { Clock, Instant, Millis } from '../../domain/time.js';
import { type Found, readBack, type ReadBackParts } from './read-back.js';
import type { AttemptEnd } from '../../domain/attempt.js';

export interface LookParts extends ReadBackParts {
  readonly ambiguous: 'resend_once' | 'leave';
  readonly visibleWithin: Millis;
  /** After this long the client gives a request up. */
  readonly requestTimeout: Millis;
  readonly clock: Clock;
  /** How a send ended after its attempt. */
  readonly onEnded: (send: Send) => void;
}

/** Between two looks, however short `visibleWithin` is. */
const SHORTEST_WAIT: Millis = 50;
/** Looks past the time by which a send shows that must have found nothing before it counts as not arrived. */
const LATE_LOOKS = 2;
/** How often a private reply of unknown fate is tried again: with the waits between, over some five minutes. */
const PRIVATE_RESENDS = 8;

/**
 * Settles an ambiguous send by reading back. Not there, at more than one look past the time by which a send shows: it is
 * sent again, once, or stays `unknown_outcome`, as `delivery.ambiguous` says. Throws when a look fails for
 * a reason that is not the send's: no answer, a server in trouble, a refused key.
 */
export async function reconcile(send: Send, parts: LookParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  const look = await lookFor(send, parts, signal);
  if (look.found) {
    // It was sent some time ago: its final status may be had at once.
    await store.endAttempt(send, { state: 'accepted', ...look.found, checkAt: clock() }, clock());
    return;
  }
  // A comment takes one private reply: trying again cannot double it, and "already has a reply" says that it arrived.
  if (send.action === 'private_reply')
    return resendOrLeave(send, parts, 'a private reply may always be tried again');

  // Until the time-out the request may still have been on its way; only from there on does the API's delay count.
  const visibleBy = (send.attemptedAt ?? send.createdAt) + parts.requestTimeout + parts.visibleWithin;
  if (look.refused !== null) return waitOrGiveUp(send, parts, { visibleBy, refused: look.refused });
  if (clock() < visibleBy) {
    return store.postponeLook(send, nextEarlyLook(send, parts, visibleBy), 'uncounted');
  }
  if (send.looks + 1 < LATE_LOOKS) {
    const wait = Math.max(parts.visibleWithin / 3, SHORTEST_WAIT);
    return store.postponeLook(send, Math.ceil(clock() + wait), 'counted');
  }
  return resendOrLeave(send, parts, `${LATE_LOOKS} looks past the time by which it shows did not find it`);
}

interface Look {
  readonly found: Found | null;
  /** Why the API does not let us look; null: it does. */
  readonly refused: string | null;
}

async function lookFor(send: Send, parts: LookParts, signal: AbortSignal): Promise<Look> {
  try {
    return { found: await readBack(send, parts, signal), refused: null };
  } catch (error) {
    if (!isAboutTheSend(error)) throw error;
    return { found: null, refused: error.message };
  }
}

/** The API answered, and refused this one look: the conversation is gone, or the comment. Others may go well. */
function isAboutTheSend(error: unknown): error is BlotatoError {
  return error instanceof BlotatoError && ['not_found', 'invalid', 'refused'].includes(error.kind);
}

/** As long again as it has been looked for, since looks are paid from the budget of reads; the next counted one at the latest. */
function nextEarlyLook(send: Send, { clock, visibleWithin }: LookParts, visibleBy: Instant): Instant {
  const now = clock();
  const wait = Math.max(visibleWithin / 3, now - (send.attemptedAt ?? now), SHORTEST_WAIT);
  return Math.ceil(Math.min(now + wait, Math.max(visibleBy, now + SHORTEST_WAIT)));
}

/** Without a look nobody may send it again. */
async function waitOrGiveUp(
  send: Send,
  parts: LookParts,
  { visibleBy, refused }: { readonly visibleBy: Instant; readonly refused: string },
): Promise<void> {
  const { store, clock } = parts;
  if (clock() < visibleBy + LIMITS.backoffMost) {
    return store.postponeLook(send, clock() + LIMITS.backoffMost / 10, 'uncounted');
  }
  return endUnknown(send, parts, `it may have arrived and cannot be looked up: ${refused}`);
}

/** Nobody can tell any more whether it arrived. */
export async function endUnknown(
  send: Send,
  { store, clock, onEnded }: Pick<LookParts, 'store' | 'clock' | 'onEnded'>,
  detail: string,
): Promise<void> {
  const end = { state: 'unknown_outcome', reason: 'unknown_outcome', detail } as const;
  if (await store.endAttempt(send, end, clock())) onEnded({ ...send, ...end });
}

async function resendOrLeave(send: Send, parts: LookParts, why: string): Promise<void> {
  const { store, ambiguous, clock } = parts;
  const mayResend = ambiguous === 'resend_once' && send.resends === 0;
  const isRepeatable = send.action === 'private_reply' && send.resends < PRIVATE_RESENDS;
  if (!mayResend && !isRepeatable) return endUnknown(send, parts, why);
  const end: AttemptEnd = {
    state: 'pending',
    notBefore: clock() + (send.resends === 0 ? 0 : backoff(send.resends)),
    detail: `sent again: ${why}`,
    isResend: true,
  };
  await store.endAttempt(send, end, clock());
}
