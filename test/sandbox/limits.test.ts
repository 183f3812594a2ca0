import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/sandbox/limits.js';

describe("the sandbox's rate limit", () => {
  test('accepts its number of calls a minute, then returns Retry-After', () => {
    let now = 0;
    const limiter = createLimiter({ sendsPerMinute: 2, readsPerMinute: 3 }, () => now);
    expect(limiter('POST /v2/messages')).toBeNull();
    now = 10_000;
    expect(limiter('POST /v2/messages')).toBeNull();
    now = 15_000;
    expect(limiter('POST /v2/messages')).toBe(45_000);
    now = 60_000;
    expect(limiter('POST /v2/messages')).toBeNull();
    expect(limiter('POST /v2/messages')).toBe(10_000);
  });

  test('counts each route on its own', () => {
    const limiter = createLimiter({ sendsPerMinute: 1, readsPerMinute: 1 }, () => 0);
    expect(limiter('GET /v2/messages')).toBeNull();
    expect(limiter('GET /v2/comments')).toBeNull();
    expect(limiter('GET /v2/messages')).toBe(60_000);
  });

  test('is never exceeded in any window of a minute', () => {
    let now = 59_000;
    const limiter = createLimiter({ sendsPerMinute: 1, readsPerMinute: 1 }, () => now);
    expect(limiter('GET /v2/messages')).toBeNull();
    now = 61_000;
    expect(limiter('GET /v2/messages')).toBe(58_000);
  });

  test('does not count a call that it refused', () => {
    let now = 0;
    const limiter = createLimiter({ sendsPerMinute: 1, readsPerMinute: 1 }, () => now);
    limiter('GET /v2/messages');
    now = 59_000;
    limiter('GET /v2/messages');
    now = 60_000;
    expect(limiter('GET /v2/messages')).toBeNull();
  });

  test('accepts every call when it is off', () => {
    const limiter = createLimiter(null, () => 0);
    const waits = Array.from({ length: 200 }, () => limiter('POST /v2/messages'));
    expect(waits.every((wait) => wait === null)).toBe(true);
  });
});
