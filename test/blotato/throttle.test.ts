import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff, readThrottle } from '../../src/blotato/throttle.js';
import { memoryLedger } from './memory-ledger.js';

const ROUTE = 'GET /v2/messages';
const OTHER = 'GET /v2/comments';
const MINUTE = 60_000;
const never = new AbortController().signal;

/** A clock that moves only while the throttle waits, to the end of the next wait. */
function handClock(start = 1_000_000_000) {
  let now = start;
  const waits: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    clock: () => now,
    sleeping: () => waits.length,
    pass: (length: number) => {
      now += length;
    },
    sleep: (length: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const stop = () => {
          waits.splice(waits.indexOf(wait), 1);
          reject(signal.reason as Error);
        };
        const wake = () => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const wait = { until: now + length, wake };
        waits.push(wait);
        signal.addEventListener('abort', stop);
      }),
    /** Runs all pending promises, then moves the clock to the end of the next wait. */
    async turn(): Promise<boolean> {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = waits.sort((a, b) => a.until - b.until);
      if (!next) return false;
      waits.shift();
      now = Math.max(now, next.until);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
  };
}

describe('readThrottle', () => {
  it('lets calls through at once while the budget lasts, and counts them', async () => {
    const time = handClock();
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 3, clock: time.clock, sleep: time.sleep });
    for (let calls = 0; calls < 3; calls += 1) await throttle.take(ROUTE, never);
    expect(ledger.calls).toHaveLength(3);
    expect(time.sleeping()).toBe(0);
  });

  it('makes the next call wait until the oldest is a minute old', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 2, clock: time.clock, sleep: time.sleep });
    await throttle.take(ROUTE, never);
    time.pass(10_000);
    await throttle.take(ROUTE, never);
    const third = throttle.take(ROUTE, never);
    expect(await time.turn()).toBe(true);
    await third;
    expect(ledger.calls.map((call) => call.at)).toEqual([0, 10_000, MINUTE + 1]);
  });

  it('lets an already counted call through, once', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 1, clock: time.clock, sleep: time.sleep });
    await ledger.countCall(ROUTE, { since: 0, most: 1 }, 0);
    throttle.counted(ROUTE, 0);
    await throttle.take(ROUTE, never);
    expect(ledger.calls).toHaveLength(1);
    const second = throttle.take(ROUTE, never);
    await time.turn();
    await second;
    expect(ledger.calls.map((call) => call.at)).toEqual([0, MINUTE + 1]);
  });

  it('counts a call again whose earlier count is too old', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 3, clock: time.clock, sleep: time.sleep });
    throttle.counted(ROUTE, 0);
    time.pass(6_000);
    await throttle.take(ROUTE, never);
    expect(ledger.calls.map((call) => call.at)).toEqual([6_000]);
  });

  it('holds an already counted call after a 429', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const options = { ledger, perMinute: 3, clock: time.clock, sleep: time.sleep, holds: new Map() };
    readThrottle(options).holdUntil(ROUTE, 9_000);
    const throttle = readThrottle(options);
    throttle.counted(ROUTE, 0);
    const call = throttle.take(ROUTE, never);
    await time.turn();
    await call;
    expect(ledger.calls.map((each) => each.at)).toEqual([9_000]);
  });

  it('still knows the spent budget after a restart', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const options = { ledger, perMinute: 1, clock: time.clock, sleep: time.sleep };
    await readThrottle(options).take(ROUTE, never);
    time.pass(1_000);
    const afterRestart = readThrottle(options).take(ROUTE, never);
    await time.turn();
    await afterRestart;
    expect(ledger.calls.map((call) => call.at)).toEqual([0, MINUTE + 1]);
  });

  it('counts each route on its own', async () => {
    const time = handClock();
    const throttle = readThrottle({
      ledger: memoryLedger(),
      perMinute: 1,
      clock: time.clock,
      sleep: time.sleep,
    });
    await throttle.take(ROUTE, never);
    const waiting = throttle.take(ROUTE, never);
    await throttle.take(OTHER, never);
    await time.turn();
    await waiting;
  });

  it('serves the calls of a route in the order in which they came', async () => {
    const time = handClock();
    const throttle = readThrottle({
      ledger: memoryLedger(),
      perMinute: 1,
      clock: time.clock,
      sleep: time.sleep,
    });
    const served: number[] = [];
    const all = Promise.all(
      [1, 2, 3, 4].map((each) => throttle.take(ROUTE, never).then(() => served.push(each))),
    );
    while (await time.turn());
    await all;
    expect(served).toEqual([1, 2, 3, 4]);
  });

  it('lets a read-back through while a poll reads page after page', async () => {
    const time = handClock();
    const throttle = readThrottle({
      ledger: memoryLedger(),
      perMinute: 2,
      clock: time.clock,
      sleep: time.sleep,
    });
    const served: string[] = [];
    const poll = async () => {
      for (let page = 1; page <= 8; page += 1) {
        await throttle.take(ROUTE, never);
        served.push('page');
      }
    };
    const look = async () => {
      await throttle.take(ROUTE, never);
      served.push('look');
    };
    const all = Promise.all([poll(), look()]);
    while (await time.turn());
    await all;
    expect(served.indexOf('look')).toBeLessThanOrEqual(1);
  });

  it('holds only the route of the 429', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 60, clock: time.clock, sleep: time.sleep });
    throttle.holdUntil(ROUTE, 5_000);
    throttle.holdUntil(ROUTE, 3_000);
    await throttle.take(OTHER, never);
    const held = throttle.take(ROUTE, never);
    await time.turn();
    await held;
    expect(ledger.calls).toEqual([
      { route: OTHER, at: 0 },
      { route: ROUTE, at: 5_000 },
    ]);
  });

  it('applies a hold that begins while a call already waits for the budget', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 1, clock: time.clock, sleep: time.sleep });
    await throttle.take(ROUTE, never);
    const waiting = throttle.take(ROUTE, never);
    throttle.holdUntil(ROUTE, 90_000);
    while (await time.turn());
    await waiting;
    expect(ledger.calls.map((call) => call.at)).toEqual([0, 90_000]);
  });

  it('aborts a wait at once when it is stopped, counts nothing, and lets the next call proceed', async () => {
    const time = handClock(0);
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 1, clock: time.clock, sleep: time.sleep });
    await throttle.take(ROUTE, never);
    const stop = new AbortController();
    const stopped = throttle.take(ROUTE, stop.signal);
    const queued = throttle.take(ROUTE, stop.signal);
    const last = throttle.take(ROUTE, never);
    const failures = Promise.allSettled([stopped, queued]);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('shutting down'));
    expect((await failures).map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: shutting down',
      'Error: shutting down',
    ]);
    await time.turn();
    await last;
    expect(ledger.calls).toHaveLength(2);
  });

  it('leaves no timer when a real wait is aborted', async () => {
    const throttle = readThrottle({ ledger: memoryLedger(), perMinute: 1, clock: Date.now });
    await throttle.take(ROUTE, never);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const stop = new AbortController();
    const waiting = throttle.take(ROUTE, stop.signal);
    const failed = expect(waiting).rejects.toThrow('stop');
    await new Promise((resolve) => setImmediate(resolve));
    // Between the two counts only microtasks run, so no timer of another test ends meanwhile.
    const during = timers();
    stop.abort(new Error('stop'));
    await failed;
    expect(timers()).toBe(during - 1);
  });

  it('works on the real clock, in a small window', async () => {
    const ledger = memoryLedger();
    const throttle = readThrottle({ ledger, perMinute: 2, clock: Date.now, window: 60 });
    await Promise.all([1, 2, 3, 4, 5].map(() => throttle.take(ROUTE, never)));
    const times = ledger.calls.map((call) => call.at);
    expect(times[2]! - times[0]!).toBeGreaterThan(60);
    expect(times[4]! - times[2]!).toBeGreaterThan(60);
  });

  it('never exceeds the limit in any minute, whenever calls come and holds begin', async () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 30_000 }),
      hold: fc.option(fc.nat(90_000), { freq: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 25 }),
        async (perMinute, steps) => {
          const time = handClock();
          const ledger = memoryLedger();
          const throttle = readThrottle({ ledger, perMinute, clock: time.clock, sleep: time.sleep });
          for (const { pause, hold } of steps) {
            time.pass(pause);
            if (hold !== null) throttle.holdUntil(ROUTE, time.clock() + hold);
            const taken = throttle.take(ROUTE, never);
            while (await time.turn());
            await taken;
          }
          const times = ledger.calls.map((call) => call.at);
          expect(times).toHaveLength(steps.length);
          times.slice(perMinute).forEach((at, index) => expect(at - times[index]!).toBeGreaterThan(MINUTE));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('backoff', () => {
  it('doubles from two seconds to five minutes', () => {
    expect([1, 2, 3, 7, 8, 9, 2_000].map(backoff)).toEqual([
      2_000, 4_000, 8_000, 128_000, 256_000, 300_000, 300_000,
    ]);
  });
});
