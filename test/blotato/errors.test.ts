import { describe, expect, it } from 'vitest';
import { kindOfStatus } from '../../src/blotato/errors.js';
import { redactor } from '../../src/blotato/redact.js';
import { parseRetryAfter } from '../../src/blotato/retry-after.js';

describe('kindOfStatus', () => {
  const NAMED: Readonly<Record<number, string>> = {
    400: 'invalid',
    401: 'unauthorized',
    404: 'not_found',
    408: 'server',
    410: 'not_found',
    413: 'invalid',
    415: 'invalid',
    422: 'invalid',
    429: 'rate_limited',
  };
  const codes = Array.from({ length: 200 }, (_, index) => 400 + index);

  it.each(codes)('classifies %i', (status) => {
    expect(kindOfStatus(status)).toBe(NAMED[status] ?? (status < 500 ? 'refused' : 'server'));
  });

  it('classifies a redirect as a refusal', () => {
    expect(kindOfStatus(302)).toBe('refused');
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 10, 22, 10);
  it.each([
    { says: 'seconds', value: '30', wait: 30_000 },
    { says: 'seconds with spaces', value: ' 30 ', wait: 30_000 },
    { says: 'a part of a second, rounded up', value: '0.0001', wait: 1 },
    { says: 'a date', value: 'Sun, 22 Nov 2026 10:01:00 GMT', wait: 60_000 },
    { says: 'far too much, cut to ten minutes', value: '999999999999999999999', wait: 600_000 },
    { says: 'a date next year, cut to ten minutes', value: 'Mon, 22 Nov 2027 10:01:00 GMT', wait: 600_000 },
    { says: 'absent', value: null, wait: null },
    { says: 'empty', value: '', wait: null },
    { says: 'zero', value: '0', wait: null },
    { says: 'negative', value: '-5', wait: null },
    { says: 'a date in the past', value: 'Sun, 22 Nov 2026 09:59:00 GMT', wait: null },
    { says: 'a word with a digit', value: 'in 5', wait: null },
    { says: 'a date in another format', value: '2026-11-22T10:01:00Z', wait: null },
    { says: 'a day that does not exist', value: 'Sun, 99 Nov 2026 10:01:00 GMT', wait: null },
  ])('reads $says', ({ value, wait }) => {
    expect(parseRetryAfter(value, now)).toBe(wait);
  });
});

describe('redactor', () => {
  it.each([
    { says: 'every occurrence', secret: 'k3y', text: 'k3y and k3y', gives: '[api key] and [api key]' },
    {
      says: 'a key with signs of regular expressions',
      secret: 'a+b$',
      text: 'x a+b$ y',
      gives: 'x [api key] y',
    },
    { says: 'the JSON form', secret: 'a"b', text: '{"key":"a\\"b"}', gives: '{"key":"[api key]"}' },
    {
      says: 'an encoded form as a whole',
      secret: 'ab==',
      text: 'ab%3D%3D ab==',
      gives: '[api key] [api key]',
    },
    {
      says: 'a key that was configured with a line end',
      secret: 'k3y\n',
      text: 'no k3y!',
      gives: 'no [api key]!',
    },
    { says: 'nothing for an empty key', secret: '', text: 'hello', gives: 'hello' },
    { says: 'a key of = alone only where it occurs', secret: '=', text: 'a=b', gives: 'a[api key]b' },
  ])('redacts $says', ({ secret, text, gives }) => {
    expect(redactor(secret)(text)).toBe(gives);
  });
});
