import { BlotatoError, NoAnswerError } from '../../blotato/errors.js';
import { backoff } from '../../blotato/throttle.js';
import { type BlockCause, EVERY_ACCOUNT } from '../../domain/block.js';
import type { Send } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';
import type { Delivered, AttemptEnd } from '../../domain/attempt.js';

/** Blotato's codes (help pages and reports, 2026). */
const CODES = { contactLimit: 20101, privateReplySpent: 20102, noPermission: 20201 } as const;
/** A key or a permission does not come back within seconds: the first wait is the fifth of the row. */
const SLOW_START = 4;

/** How often in a row before this attempt the route was refused, and the account (or the key). */
export interface Refusals {
  readonly route: number;
  readonly account: number;
}

export interface FailedAttempt {
  readonly send: Send;
  readonly refusals: Refusals;
  readonly now: Instant;
  readonly visibleWithin: Millis;
}

/** What a POST that failed means for the row. The status decides, and the code: never the text of a message. */
export function endOfError(error: unknown, attempt: FailedAttempt): Delivered {
  const { refusals, now } = attempt;
  if (error instanceof BlotatoError && error.kind === 'rate_limited') {
    const until = now + (error.retryAfter ?? jittered(refusals.route + 1));
    return waits(until, { detail: 'the API asked to wait (429)' });
  }
  if (error instanceof BlotatoError && error.kind === 'unauthorized') {
    return blocked(EVERY_ACCOUNT, '401', 'the API refused the key (401); it is asked again', attempt);
  }
  if (error instanceof BlotatoError && error.kind !== 'server') return refusal(error, attempt);
  if (error instanceof NoAnswerError && !error.sent) {
    const until = now + jittered(refusals.route + 1);
    return waits(until, { detail: error.message, isUncounted: true });
  }
  const { end } = unclear(error instanceof Error ? error.message : String(error), attempt);
  // One may be chance. A second in a row is a server in trouble, and whatever is sent there is of unknown fate as well.
  const wait = refusals.route === 0 ? 0 : jittered(refusals.route);
  return { end, holdRoute: now + wait };
}

/** Whole milliseconds: the store takes no fractions. */
function unclear(detail: string, { now, visibleWithin }: FailedAttempt): Delivered {
  return {
    end: { state: 'ambiguous', checkAt: now + Math.ceil(visibleWithin / 3), detail },
    holdRoute: null,
  };
}

function refusal(error: BlotatoError, attempt: FailedAttempt): Delivered {
  const { send } = attempt;
  const detail = `${error.code ?? error.status}: ${error.text}`;
  if (error.code === CODES.contactLimit || error.code === CODES.noPermission) {
    return blocked(send.account, error.code === CODES.contactLimit ? '20101' : '20201', detail, attempt);
  }
  if (send.action === 'private_reply') return privateRefusal(error, detail, attempt);
  return { end: { state: 'failed', reason: 'failed', detail }, holdRoute: null };
}

/** The queue is kept as it is: when the block is over, the freshest goes first again. */
function blocked(
  account: string,
  cause: BlockCause,
  detail: string,
  { refusals, now }: FailedAttempt,
): Delivered {
  const block = { account, cause, detail, probeAt: now + probeWait(refusals.account) };
  const end: AttemptEnd = { state: 'pending', notBefore: now, detail, reason: 'blocked_account', block };
  return { end, holdRoute: null };
}

/** How long until it is found out whether a block is over, after the given number of refusals in a row. */
export function probeWait(refusals: number): Millis {
  return jittered(refusals + 1 + SLOW_START);
}

/** A private reply is sent again without a look, so that what is refused now says nothing of the attempt before. */
function privateRefusal({ code }: BlotatoError, detail: string, attempt: FailedAttempt): Delivered {
  const isSpent = code === CODES.privateReplySpent;
  if (attempt.send.resends === 0) {
    return {
      end: { state: 'failed', reason: isSpent ? 'private_reply_used' : 'failed', detail },
      holdRoute: null,
    };
  }
  // After an attempt of ours, "already has a reply" means that it arrived.
  if (isSpent)
    return {
      end: { state: 'sent', detail: 'the API says that the comment has its private reply' },
      holdRoute: null,
    };
  return unclear(`an earlier attempt may have arrived; this one was refused: ${detail}`, attempt);
}

function waits(
  until: Instant,
  more: Pick<Extract<AttemptEnd, { state: 'pending' }>, 'detail' | 'isUncounted'>,
): Delivered {
  return { end: { state: 'pending', notBefore: until, ...more }, holdRoute: until };
}

/** Half of the wait is certain and half is chance, so that several processes do not come back at once. */
function jittered(refusals: number): Millis {
  const wait = backoff(refusals);
  return Math.round(wait / 2 + (Math.random() * wait) / 2);
}
