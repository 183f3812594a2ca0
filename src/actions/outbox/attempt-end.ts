import { BlotatoError, NoResponseError } from '../../blotato/errors.js';
import { refusalOf } from '../../blotato/refusals.js';
import { backoff } from '../../blotato/throttle.js';
import { EVERY_ACCOUNT, probeWait } from '../../domain/block.js';
import type { Reason } from '../../domain/reason.js';
import type { RefusalMeaning } from '../../domain/refusal.js';
import type { Send } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';
import type { AttemptEnd, AttemptResult, NewBlock } from '../../domain/attempt.js';

/** Number of refusals in a row before this attempt, for the route and for the account (or the key). */
export interface Refusals {
  readonly route: number;
  readonly account: number;
}

export interface FailedAttempt {
  readonly send: Send;
  readonly refusals: Refusals;
  readonly now: Instant;
  readonly visibleWithin: Millis;
  /** True if Blotato no longer lists the account, so that nothing can be sent for it. @default false */
  readonly isAccountGone?: boolean;
}

/** The end of a failed POST. The table of refusals decides by status and code, never by text. */
export function endOfError(error: unknown, attempt: FailedAttempt): AttemptResult {
  if (error instanceof BlotatoError) {
    const { meaning, detail } = refusalOf(error);
    if (meaning.kind !== 'unclear') return endOfRefusal(error, meaning, detail ?? error.text, attempt);
  }
  const { refusals, now } = attempt;
  if (error instanceof NoResponseError && !error.sent) {
    const until = now + jittered(refusals.route + 1);
    return waits(until, { detail: error.message, isUncounted: true });
  }
  const { end } = unclear(error instanceof Error ? error.message : String(error), attempt);
  // A single failure may be chance. A second in a row indicates a server problem, in which the outcome of
  // further sends would be unknown as well.
  const wait = refusals.route === 0 ? 0 : jittered(refusals.route);
  return { end, holdRoute: now + wait };
}

function endOfRefusal(
  error: BlotatoError,
  meaning: Exclude<RefusalMeaning, { readonly kind: 'unclear' }>,
  detail: string,
  attempt: FailedAttempt,
): AttemptResult {
  const { send, refusals, now } = attempt;
  switch (meaning.kind) {
    case 'wait': {
      const until = now + (error.retryAfter ?? jittered(refusals.route + 1));
      return waits(until, { detail: 'the API asked to wait (429)' });
    }
    case 'hold': {
      const account = meaning.scope === 'key' ? EVERY_ACCOUNT : send.account;
      return blocked({ account, cause: meaning.cause, detail }, attempt);
    }
    case 'spent':
      return refused(send.action === 'private_reply' ? 'spent' : 'failed', detail, attempt);
    case 'end':
      if (attempt.isAccountGone) return blocked({ account: send.account, cause: '404', detail }, attempt);
      return refused(meaning.reason, detail, attempt);
  }
}

/**
 * The end of an attempt with an unclear outcome. Times are rounded to whole milliseconds, because the store
 * does not accept fractions.
 */
function unclear(detail: string, { now, visibleWithin }: FailedAttempt): AttemptResult {
  return {
    end: { state: 'ambiguous', checkAt: now + Math.ceil(visibleWithin / 3), detail },
    holdRoute: null,
  };
}

/**
 * Puts an account on hold. The queue is kept: when the hold is over, the newest sends go first again. After a
 * 403, which may concern only this send, other sends go first.
 */
function blocked(
  held: Pick<NewBlock, 'account' | 'cause' | 'detail'>,
  { send, refusals, now }: FailedAttempt,
): AttemptResult {
  const block = { ...held, probeAt: now + probeWait(refusals.account, Math.random()) };
  const notBefore = held.cause === '403' ? now + probeWait(send.attempts, Math.random()) : now;
  const { detail } = held;
  const end: AttemptEnd = { state: 'pending', notBefore, detail, reason: 'blocked_account', block };
  return { end, holdRoute: null };
}

/**
 * A private reply is sent again without a check, so a refusal now says nothing about the previous attempt.
 */
function refused(reason: Reason | 'spent', detail: string, attempt: FailedAttempt): AttemptResult {
  const { action, resends } = attempt.send;
  if (action !== 'private_reply' || resends === 0) {
    const known = reason === 'spent' ? 'private_reply_used' : reason;
    return { end: { state: 'failed', reason: known, detail }, holdRoute: null };
  }
  // After our own attempt, the refusal "already has a reply" means that our reply arrived.
  if (reason === 'spent') {
    const arrived = 'the API reports that the comment already has its private reply';
    return { end: { state: 'sent', detail: arrived }, holdRoute: null };
  }
  return unclear(`an earlier attempt may have arrived; this one was refused: ${detail}`, attempt);
}

function waits(
  until: Instant,
  more: Pick<Extract<AttemptEnd, { state: 'pending' }>, 'detail' | 'isUncounted'>,
): AttemptResult {
  return { end: { state: 'pending', notBefore: until, ...more }, holdRoute: until };
}

/** Half of the wait is fixed and half is random, so that several processes do not retry at once. */
function jittered(refusals: number): Millis {
  const wait = backoff(refusals);
  return Math.round(wait / 2 + (Math.random() * wait) / 2);
}
