import { describe, expect, it } from 'vitest';
import { endOfError, type FailedAttempt } from '../../../src/actions/outbox/attempt-end.js';
import { BlotatoError, NoResponseError, type Refusal } from '../../../src/blotato/errors.js';
import type { Send } from '../../../src/domain/send.js';
import { MINUTE, SECOND } from '../../../src/domain/time.js';
import { TUESDAY } from '../../builders.js';

const ROUTE = 'POST /v2/messages';

function refused(more: Partial<Refusal>): BlotatoError {
  return new BlotatoError({
    route: ROUTE,
    status: 422,
    code: null,
    reqId: null,
    retryAfter: null,
    text: 'no',
    ...more,
  });
}

function attempt(send: Partial<Send> = {}, refusals = { route: 0, account: 0 }): FailedAttempt {
  const base = { action: 'reply', resends: 0, attempts: 1 } as Send;
  return { send: { ...base, ...send }, refusals, now: TUESDAY, visibleWithin: 10 * SECOND };
}

const privately = { action: 'private_reply', resends: 0 } as const;
const again = { action: 'private_reply', resends: 1 } as const;

describe('the result of a failed attempt', () => {
  it.each<[string, Error, Partial<Send>, object]>([
    ['a clear refusal ends the send', refused({}), {}, { state: 'failed', reason: 'failed' }],
    ['a redirect ends the send', refused({ status: 302 }), {}, { state: 'failed' }],
    ['429 puts the send back into the queue', refused({ status: 429 }), {}, { state: 'pending' }],
    [
      '429 with Retry-After sets the time of the retry',
      refused({ status: 429, retryAfter: MINUTE }),
      {},
      { notBefore: TUESDAY + MINUTE },
    ],
    [
      'a refused key makes the send wait',
      refused({ status: 401 }),
      {},
      { state: 'pending', reason: 'blocked_account' },
    ],
    [
      'a contact limit makes the send wait',
      refused({ code: '20101' }),
      {},
      { state: 'pending', reason: 'blocked_account' },
    ],
    [
      'a missing permission makes the send wait',
      refused({ code: '20201' }),
      {},
      { state: 'pending', reason: 'blocked_account' },
    ],
    [
      'an attempt without a connection is retried and not counted',
      new NoResponseError(ROUTE, false, 'refused'),
      {},
      { state: 'pending', isUncounted: true },
    ],
    [
      'a connection reset makes the attempt ambiguous',
      new NoResponseError(ROUTE, true, 'reset'),
      {},
      { state: 'ambiguous' },
    ],
    ['a 500 makes the attempt ambiguous', refused({ status: 500 }), {}, { state: 'ambiguous' }],
    [
      'a time-out of a proxy (408) makes the attempt ambiguous',
      refused({ status: 408 }),
      {},
      { state: 'ambiguous' },
    ],
    ['an unexpected error makes the attempt ambiguous', new TypeError('x'), {}, { state: 'ambiguous' }],
    [
      '20102 on the first attempt: another tool sent the private reply',
      refused({ code: '20102' }),
      privately,
      { state: 'failed', reason: 'private_reply_used' },
    ],
    [
      '20102 after an attempt of ours: the private reply arrived',
      refused({ code: '20102' }),
      again,
      { state: 'sent' },
    ],
    [
      'a refusal of the second attempt leaves the first ambiguous',
      refused({}),
      again,
      { state: 'ambiguous' },
    ],
    [
      '20102 for a message is an ordinary refusal',
      refused({ code: '20102' }),
      {},
      { state: 'failed', reason: 'failed' },
    ],
  ])('%s', (_, error, send, end) => {
    expect(endOfError(error, attempt(send)).end).toMatchObject(end);
  });

  it('pauses the route after 429, blocks the account after 20101, and all accounts after 401', () => {
    const sender = { account: 'shop-ig' } as const;
    const blocked = (error: Error) => endOfError(error, attempt(sender));
    expect(blocked(refused({ status: 429 })).holdRoute).toBeGreaterThan(TUESDAY);
    expect(blocked(refused({ code: '20101' }))).toMatchObject({
      end: { block: { account: 'shop-ig', cause: '20101' } },
      holdRoute: null,
    });
    expect(blocked(refused({ status: 401 }))).toMatchObject({
      end: { block: { account: '*', cause: '401' } },
    });
    expect(blocked(refused({})).holdRoute).toBeNull();
  });

  it('backs off with each refusal in a row, for up to five minutes', () => {
    const waits = [0, 1, 2, 5, 20].map((route) => {
      const { holdRoute } = endOfError(refused({ status: 429 }), attempt({}, { route, account: 0 }));
      return (holdRoute ?? 0) - TUESDAY;
    });
    expect(waits[0]).toBeGreaterThanOrEqual(SECOND);
    expect(waits[0]).toBeLessThanOrEqual(2 * SECOND);
    expect(waits[3]).toBeGreaterThanOrEqual(32 * SECOND);
    expect(waits[4]).toBeLessThanOrEqual(5 * MINUTE);
  });

  it('holds the route only after two ambiguous attempts in a row', () => {
    const lost = new NoResponseError(ROUTE, true, 'reset');
    const wait = (route: number) =>
      (endOfError(lost, attempt({}, { route, account: 0 })).holdRoute ?? 0) - TUESDAY;
    expect(wait(0)).toBe(0);
    expect(wait(1)).toBeGreaterThanOrEqual(SECOND);
    expect(wait(4)).toBeGreaterThanOrEqual(8 * SECOND);
  });

  it('has due times in whole milliseconds, which the store needs', () => {
    for (const visibleWithin of [50, 100, 10_000, 20_000]) {
      const { end } = endOfError(new NoResponseError(ROUTE, true, 'x'), { ...attempt(), visibleWithin });
      expect('checkAt' in end && Number.isInteger(end.checkAt)).toBe(true);
    }
  });
});
