import { describe, expect, it } from 'vitest';
import { BlotatoError } from '../../src/blotato/errors.js';
import { lateRefusalOf, refusalOf } from '../../src/blotato/refusals.js';
import { REFUSALS } from '../vectors/refusals.js';

const ANSWER = { route: 'POST /v2/messages', reqId: null, retryAfter: null };

describe('the table of refusals', () => {
  it.each(REFUSALS)('$name ($status, code $code)', ({ status, code, means, isByCode }) => {
    // The message text contains a different code, which must be ignored.
    const text = 'error 20102';
    expect(refusalOf(new BlotatoError({ ...ANSWER, status, code, text })).meaning).toEqual(means);
    if (isByCode) expect(lateRefusalOf({ errorCode: code, errorMessage: text })?.meaning).toEqual(means);
  });

  it('returns null for a row without code and message', () => {
    expect(lateRefusalOf({ errorCode: null, errorMessage: null })).toBeNull();
  });

  it('joins code and message once', () => {
    expect(lateRefusalOf({ errorCode: '551', errorMessage: 'blocked' })?.detail).toBe('551: blocked');
    expect(lateRefusalOf({ errorCode: null, errorMessage: 'blocked' })?.detail).toBe('blocked');
  });
});
