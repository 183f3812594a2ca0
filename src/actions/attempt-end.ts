import { BlotatoError, NoAnswerError } from '../blotato/errors.js';
import { backoff } from '../blotato/throttle.js';
import type { Send } from '../domain/send.js';
import type { Instant, Millis } from '../domain/time.js';
import type { AttemptEnd } from '../store/store.js';

/** Blotato's codes (help pages and reports, 2026). */
const CODES = { contactLimit: 20101, privateReplySpent: 20102, noPermission: 20201 } as const;
/** A key or a permission does not come back within seconds: the first wait is the fifth of the row. */
const SLOW_START = 4;

/** How an attempt ended, and what is left alone until when because of it. */
export interface Delivered {
  readonly end: AttemptEnd;
  readonly hold: { readonly on: 'route' | 'account'; readonly until: Instant } | null;
}

/** How often the route and the account were refused in a row before this attempt. */
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
    return waits({ on: 'route', until }, { detail: 'the API asked to wait (429)' });
  }
  if (error instanceof BlotatoError && error.kind === 'unauthorized') {
    const until = now + jittered(refusals.route + 1 + SLOW_START);
    const detail = 'the API refused the key (401); it is tried again';
    return waits({ on: 'route', until }, { detail, reason: 'blocked_account' });
  }
  if (error instanceof BlotatoError && error.kind !== 'server') return refusal(error, attempt);
  if (error instanceof NoAnswerError && !error.sent) {
    const until = now + jittered(refusals.route + 1);
    return waits({ on: 'route', until }, { detail: error.message, isUncounted: true });
  }
  const { end } = unclear(error instanceof Error ? error.message : String(error), attempt);
  // One may be chance. A second in a row is a server in trouble, and whatever is sent there is of unknown fate as well.
  const wait = refusals.route === 0 ? 0 : jittered(refusals.route);
  return { end, hold: { on: 'route', until: now + wait } };
}

/** Whole milliseconds: the store takes no fractions. */
function unclear(detail: string, { now, visibleWithin }: FailedAttempt): Delivered {
  return { end: { state: 'ambiguous', checkAt: now + Math.ceil(visibleWithin / 3), detail }, hold: null };
}

function refusal(error: BlotatoError, attempt: FailedAttempt): Delivered {
  const { send, refusals, now } = attempt;
  const detail = `${error.code ?? error.status}: ${error.text}`;
  if (error.code === CODES.contactLimit || error.code === CODES.noPermission) {
    const until = now + jittered(refusals.account + 1 + SLOW_START);
    return waits({ on: 'account', until }, { detail, reason: 'blocked_account' });
  }
  if (send.action === 'private_reply') return privateRefusal(error, detail, attempt);
  return { end: { state: 'failed', reason: 'failed', detail }, hold: null };
}

/** A private reply is sent again without a look, so that what is refused now says nothing of the attempt before. */
function privateRefusal({ code }: BlotatoError, detail: string, attempt: FailedAttempt): Delivered {
  const isSpent = code === CODES.privateReplySpent;
  if (attempt.send.resends === 0) {
    const end: AttemptEnd = isSpent
      ? {
          state: 'failed',
          reason: 'private_reply_used',
          detail: `another tool or a human spent it (${detail})`,
        }
      : { state: 'failed', reason: 'failed', detail };
    return { end, hold: null };
  }
  // After an attempt of ours, "already has a reply" means that it arrived.
  if (isSpent)
    return {
      end: { state: 'sent', detail: 'the API says that the comment has its private reply' },
      hold: null,
    };
  return unclear(`an earlier attempt may have arrived; this one was refused: ${detail}`, attempt);
}

function waits(
  hold: NonNullable<Delivered['hold']>,
  more: Pick<Extract<AttemptEnd, { state: 'pending' }>, 'detail' | 'reason' | 'isUncounted'>,
): Delivered {
  return { end: { state: 'pending', notBefore: hold.until, ...more }, hold };
}

/** Half of the wait is certain and half is chance, so that several processes do not come back at once. */
function jittered(refusals: number): Millis {
  const wait = backoff(refusals);
  return Math.round(wait / 2 + (Math.random() * wait) / 2);
}
