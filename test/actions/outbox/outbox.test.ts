import { describe, expect, it, vi } from 'vitest';
import { replyByHand } from '../../../src/actions/hand/reply-by-hand.js';
import type { OutboxParts } from '../../../src/actions/outbox/outbox.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../src/domain/time.js';
import { callsOf } from '../../store/known.js';
import { anEvent } from '../../builders.js';
import { aBench } from './bench.js';
import type { PassingCall, Proxy } from './proxy.js';
import { PATIENCE } from '../../patience.js';

const refusal =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  async () => ({
    status,
    body: JSON.stringify(body),
    headers,
  });

/** The fault of all POSTs from now on. */
function onPosts(proxy: Proxy, intercept: Proxy['intercept']): { readonly count: () => number } {
  let count = 0;
  proxy.intercept = (call: PassingCall) => {
    if (call.method !== 'POST') return call.pass();
    count += 1;
    return intercept(call);
  };
  return { count: () => count };
}

it('lets only the sends of named events leave until the lists are read', async () => {
  const bench = await aBench();
  for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
  const posts = onPosts(bench.proxy, (call) => call.pass());
  const [first] = (await bench.store.sends({ limit: 100 })).filter(({ contactId }) => contactId === 'ana');
  bench.outbox.nudge([first!.eventId]);
  await bench.outbox.start();
  await bench.becomes({ ana: 'accepted' });
  await bench.outbox.drained(bench.now());
  expect(posts.count()).toBe(1);
  expect(await bench.states()).toMatchObject({ bo: 'pending', cy: 'pending' });
  bench.outbox.nudge();
  await bench.becomes({ bo: 'accepted', cy: 'accepted' });
  expect(posts.count()).toBe(3);
});

describe('an account that cannot send', () => {
  it.each([
    [20101, 422],
    [20201, 403],
  ])(
    '(code %i) keeps its queue, lets other accounts send, is reported, and resumes by itself',
    async (code, status) => {
      const bench = await aBench();
      await bench.queue('shop-ig', 'ana');
      await bench.outbox.start();
      onPosts(bench.proxy, refusal(status, { code: String(code), message: 'not now' }));
      bench.outbox.nudge();
      await bench.becomes({ ana: 'pending' });
      await vi.waitFor(async () => expect(await bench.reasons()).toEqual(['blocked_account']), PATIENCE);

      const posts = onPosts(bench.proxy, (call) => call.pass());
      await bench.queue('shop-ig', 'bo');
      await bench.queue('shop-x', 'cy');
      bench.outbox.nudge();
      await bench.becomes({ cy: 'accepted', ana: 'pending', bo: 'pending' });
      expect(posts.count()).toBe(1);

      bench.pass(MINUTE);
      await bench.becomes({ ana: 'accepted', bo: 'accepted' });
      expect(bench.sandbox.sends()).toHaveLength(3);
    },
  );

  it('backs off, and does not fail its queue by retrying', async () => {
    const bench = await aBench({ concurrency: 1 });
    for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
    const posts = onPosts(bench.proxy, refusal(422, { code: '20101', message: 'limit reached' }));
    await bench.outbox.start();
    bench.outbox.nudge();
    for (let passed = 0; passed < 30 * MINUTE; passed += 10 * SECOND) {
      bench.pass(10 * SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(posts.count()).toBeGreaterThanOrEqual(6);
    expect(posts.count()).toBeLessThan(15);
    expect(new Set(Object.values(await bench.states()))).toEqual(new Set(['pending']));
  });

  it('because of its key (401) is reported as well, and resumes', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    await bench.outbox.start();
    onPosts(bench.proxy, refusal(401, { message: 'no such key' }));
    bench.outbox.nudge();
    await vi.waitFor(async () => expect(await bench.reasons()).toEqual(['blocked_account']), PATIENCE);
    onPosts(bench.proxy, (call) => call.pass());
    bench.pass(MINUTE);
    await bench.becomes({ ana: 'accepted' });
  });
});

describe('a server that responds with 429', () => {
  it.each<[string, (now: Instant) => Record<string, string>, number]>([
    ['in seconds', () => ({ 'retry-after': '90' }), 90 * SECOND],
    ['as a date', (now) => ({ 'retry-after': new Date(now + 2 * MINUTE).toUTCString() }), 2 * MINUTE],
    ['missing', () => ({}), 2 * SECOND],
  ])('and Retry-After %s gets no calls for that time, and then a retry', async (_, headersAt, wait) => {
    const bench = await aBench({ concurrency: 1 });
    await bench.queue('shop-ig', 'ana');
    await bench.queue('shop-x', 'bo');
    await bench.outbox.start();
    const posts = onPosts(bench.proxy, refusal(429, { message: 'too many' }, headersAt(bench.now())));
    bench.outbox.nudge();
    await vi.waitFor(() => expect(posts.count()).toBe(1), PATIENCE);
    await bench.outbox.drained(bench.now());
    bench.pass(wait * 0.4);
    await bench.outbox.drained(bench.now());
    expect(posts.count()).toBe(1);
    onPosts(bench.proxy, (call) => call.pass());
    bench.pass(wait);
    await bench.becomes({ ana: 'accepted', bo: 'accepted' });
  });
});

describe('a server that is unreachable', () => {
  it('uses no budget, is retried with backoff, and gets each reply once when it is back', async () => {
    const bench = await aBench({ concurrency: 1, budget: { perMinute: 3, perHourPerAccount: 3 } });
    for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
    await bench.outbox.start();
    await bench.proxy.away();
    for (let passed = 0; passed < 20 * MINUTE; passed += 5 * SECOND) {
      bench.pass(5 * SECOND);
      await bench.outbox.drained(bench.now());
    }
    const tries = (await bench.store.sends({ limit: 10 })).reduce((sum, send) => sum + send.attempts, 0);
    expect(tries).toBeGreaterThanOrEqual(8);
    expect(tries).toBeLessThan(20);

    await bench.proxy.back();
    bench.pass(5 * MINUTE);
    await bench.becomes({ ana: 'accepted', bo: 'accepted', cy: 'accepted' });
    expect(bench.sandbox.sends()).toHaveLength(3);
  });

  it('is not queried about every ambiguous send after one check failed', async () => {
    const bench = await aBench({ concurrency: 1 });
    for (const person of ['ana', 'bo']) await bench.queue('shop-ig', person);
    onPosts(bench.proxy, async () => 'cut');
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'ambiguous', bo: 'ambiguous' });
    let looks = 0;
    bench.proxy.intercept = async () => {
      looks += 1;
      return 'cut';
    };
    bench.pass(SECOND);
    await vi.waitFor(() => expect(bench.troubles).toHaveLength(1), PATIENCE);
    bench.outbox.nudge();
    bench.pass(SECOND / 2);
    expect(bench.troubles).toHaveLength(1);
    expect(looks).toBe(1);
    bench.proxy.intercept = (call) => call.pass();
    bench.pass(MINUTE);
    bench.pass(MINUTE);
    await vi.waitFor(async () => {
      bench.pass(SECOND);
      expect(await bench.states()).toMatchObject({ ana: 'sent', bo: 'sent' });
    }, PATIENCE);
    expect(bench.sandbox.sends()).toHaveLength(2);
  });
});

describe('a server that responds with 500', () => {
  it('gets few sends while it fails, and the rest once it recovers', async () => {
    const bench = await aBench({ concurrency: 1 });
    const people = Array.from({ length: 30 }, (_, n) => `person-${n}`);
    for (const person of people) await bench.queue('shop-ig', person);
    const posts = onPosts(bench.proxy, refusal(500, { message: 'oh no' }));
    await bench.outbox.start();
    for (let passed = 0; passed < 5 * MINUTE; passed += SECOND) {
      bench.pass(SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(posts.count()).toBeLessThan(15);

    onPosts(bench.proxy, (call) => call.pass());
    for (let passed = 0; passed < 10 * MINUTE; passed += 5 * SECOND) {
      bench.pass(5 * SECOND);
      await bench.outbox.drained(bench.now());
    }
    const ends = Object.values(await bench.states());
    expect(ends.filter((state) => state === 'sent').length).toBeGreaterThan(20);
    expect(new Set(ends)).toEqual(new Set(['sent', 'unknown_outcome']));
  });

  it('loses no private reply, which is retried for minutes', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    onPosts(bench.proxy, refusal(503, { message: 'later' }));
    await bench.outbox.start();
    for (let passed = 0; passed < 3 * MINUTE; passed += SECOND) {
      bench.pass(SECOND);
      await bench.outbox.drained(bench.now());
    }
    onPosts(bench.proxy, (call) => call.pass());
    for (let passed = 0; passed < 5 * MINUTE; passed += SECOND) {
      bench.pass(SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(await bench.states()).toEqual({ ana: 'sent' });
    expect(bench.sandbox.sends()).toHaveLength(1);
  });
});

describe('a read-back that the API refuses', () => {
  it('delays no other send, and ends as unknown_outcome: nothing is resent without a check', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    await bench.queue('shop-ig', 'bo');
    const conversation = bench.sandbox.world.conversationWith(
      bench.sandbox.world.account('shop-ig'),
      'ana',
    )!.id;
    onPosts(bench.proxy, async () => 'cut');
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'ambiguous', bo: 'ambiguous' });
    const [first] = await bench.store.sends({ limit: 1 });
    let posts = 0;
    bench.proxy.intercept = (call) => {
      if (call.method === 'POST') posts += 1;
      return call.query.includes(conversation) ? refusal(404, { message: 'gone' })() : call.pass();
    };
    for (let passed = 0; passed < 10 * SECOND; passed += SECOND) {
      bench.pass(SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(await bench.states()).toMatchObject({ ana: 'ambiguous', bo: 'sent' });
    for (let passed = 0; passed < 10 * MINUTE; passed += 30 * SECOND) {
      bench.pass(30 * SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(await bench.states()).toMatchObject({ ana: 'unknown_outcome' });
    expect(first?.attempts).toBe(1);
    expect(posts).toBe(1);
  });
});

describe('a clock that was set back', () => {
  it.each([7 * SECOND, HOUR])('by %d ms after a POST without a response doubles nothing', async (length) => {
    const bench = await aBench();
    const { sandbox, proxy } = bench;
    proxy.intercept = async (call) => {
      if (call.method !== 'POST') return call.pass();
      proxy.intercept = (other) => other.pass();
      await call.pass();
      bench.setBack(length);
      return 'cut';
    };
    await bench.queue('shop-ig', 'ana');
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(() => expect(sandbox.sends()).toHaveLength(1), PATIENCE);
    await vi.waitFor(async () => {
      bench.pass(SECOND);
      expect(await bench.states()).toMatchObject({ ana: 'sent' });
    }, PATIENCE);
    expect(sandbox.sends()).toHaveLength(1);
  });

  it('does not double a send whose row was journalled in between', async () => {
    const bench = await aBench();
    const { sandbox, proxy, store } = bench;
    proxy.intercept = async (call) => {
      if (call.method !== 'POST') return { status: 200, body: '{"items":[]}' };
      await call.pass();
      // The poller reads the row, whose time by our clock (set back) precedes the attempt.
      bench.setBack(HOUR);
      const { id: sourceId = '', at = 0 } = sandbox.sends().at(-1) ?? {};
      const contact = { id: 'ana', name: null, username: null };
      const own = { sourceId, text: 'for ana', direction: 'outgoing', at, contact } as const;
      await store.recordPage('messages', [{ event: anEvent(own), beforeStart: false }], null);
      return 'cut';
    };
    await bench.queue('shop-ig', 'ana');
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(async () => {
      bench.pass(MINUTE);
      expect(await bench.states()).toMatchObject({ ana: 'unknown_outcome' });
    }, PATIENCE);
    expect(sandbox.sends()).toHaveLength(1);
    expect((await store.sends({ limit: 1 }))[0]?.detail).toContain('may be this send or another one');
  });
});

describe('an API whose `Date` header is ahead of the times of its rows', () => {
  it.each([
    ['is found if the earlier send without an id had another text', 'second', 'sent'],
    ['stays in doubt if the earlier send without an id had the same text', 'first', 'unknown_outcome'],
  ])('a send that arrived without a response %s', async (_name, text, state) => {
    const bench = await aBench();
    const { sandbox, proxy } = bench;
    proxy.clock = () => bench.now() + 30 * SECOND;
    const until = async (states: readonly string[]) =>
      vi.waitFor(async () => {
        bench.pass(5 * SECOND);
        expect((await bench.store.sends({ limit: 2 })).map((each) => each.state)).toEqual(states);
      }, PATIENCE);
    onPosts(proxy, async () => 'cut');
    await bench.queue('shop-ig', 'ana', 'first');
    await bench.outbox.start();
    await until(['unknown_outcome']);
    onPosts(proxy, async (call) => {
      await call.pass();
      return 'cut';
    });
    await bench.queue('shop-ig', 'ana', text);
    await until([state, 'unknown_outcome']);
    expect(sandbox.sends()).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  it('loses and doubles nothing: the result of the POST is kept until it can be committed, and nothing leaves meanwhile', async () => {
    const onAttempt = vi.fn<OutboxParts['onAttempt']>();
    const bench = await aBench({ concurrency: 1, onAttempt });
    await bench.queue('shop-ig', 'ana');
    await bench.queue('shop-ig', 'bo');
    const full = new Error('SQLITE_FULL: database or disk is full');
    const end = vi.spyOn(bench.store, 'endAttempt').mockRejectedValue(full);
    await bench.outbox.start();
    bench.outbox.nudge();
    for (let more = 0; more < 5; more += 1) {
      bench.pass(2 * SECOND);
      await bench.outbox.drained(bench.now());
    }
    expect(bench.sandbox.sends()).toHaveLength(1);
    end.mockRestore();
    bench.pass(2 * SECOND);
    await bench.becomes({ ana: 'sent', bo: 'accepted' });
    expect(bench.sandbox.sends()).toHaveLength(2);
    expect(await bench.store.sends({ limit: 5 })).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
    expect(onAttempt.mock.calls.map(([send]) => send.contactId).sort()).toEqual(['ana', 'bo']);
  });

  it('before the POST sends nothing, and once it recovers sends once', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    vi.spyOn(bench.store, 'guardFacts').mockRejectedValueOnce(new Error('SQLITE_IOERR: disk I/O error'));
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(() => expect(bench.troubles).not.toEqual([]), PATIENCE);
    await bench.becomes({ ana: 'pending' });
    expect(await callsOf(bench.store, 'POST /v2/messages', bench.now() - MINUTE)).toBe(0);
    bench.pass(2 * SECOND);
    await bench.becomes({ ana: 'accepted' });
    expect(bench.sandbox.sends()).toHaveLength(1);
  });
});

describe('the outbox at start and stop', () => {
  it('sends nothing before the first poll', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    await bench.outbox.start();
    await bench.outbox.drained(bench.now());
    expect(await bench.states()).toEqual({ ana: 'pending' });
    bench.outbox.nudge();
    await bench.becomes({ ana: 'accepted' });
  });

  it('begins no further send when the time of the cycle is over, but always one; the next is due at once', async () => {
    const bench = await aBench({ concurrency: 1, isOver: () => true });
    for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.outbox.drained(bench.now());
    expect(bench.sandbox.sends()).toHaveLength(1);
    expect(bench.outbox.nextAt()).toBe(bench.now());
  });

  it('does not treat its own sends in flight as leftovers of a crash', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    const posts = onPosts(bench.proxy, async (call) => {
      await bench.outbox.start();
      return call.pass();
    });
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'accepted' });
    expect(posts.count()).toBe(1);
  });

  it('stops in time although a POST hangs, which is cut off and ambiguous; leaves no timer', async () => {
    const bench = await aBench({ requestTimeout: HOUR });
    await bench.queue('shop-ig', 'ana');
    let arrive: (() => void) | undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    onPosts(bench.proxy, () => {
      arrive?.();
      return new Promise(() => undefined);
    });
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await bench.outbox.start();
    bench.outbox.nudge();
    await arrived;
    // The request itself would end after an hour.
    await bench.outbox.stop(100);
    expect(await bench.states()).toEqual({ ana: 'ambiguous' });
    const before = timers();
    bench.outbox.nudge();
    expect(timers()).toBe(before);
    expect(bench.sandbox.sends()).toEqual([]);
  });
});

describe('a reply by hand', () => {
  const reply = { account: 'shop-ig', contactId: 'ana', version: null, by: 'mia' };

  it('leaves inside the window without a tag, after it with HUMAN_AGENT, and not after seven days', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana', 'by a rule');
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'accepted' });
    const write = (text: string) => replyByHand({ ...reply, text }, bench.store, bench.now());
    const tags = () => bench.sandbox.sends().map(({ text, tag }) => [text, tag]);
    expect(await write('at once')).toMatchObject({ is: 'written' });
    bench.pass(MINUTE);
    await vi.waitFor(() => expect(tags()).toHaveLength(2), PATIENCE);
    bench.pass(3 * DAY);
    expect(await write('late')).toMatchObject({ is: 'written' });
    bench.pass(SECOND);
    await vi.waitFor(
      () =>
        expect(tags()).toEqual([
          ['by a rule', null],
          ['at once', null],
          ['late', 'HUMAN_AGENT'],
        ]),
      PATIENCE,
    );
    bench.pass(5 * DAY);
    expect(await write('too late')).toMatchObject({ is: 'refused', reason: 'window_closed' });
    expect(await write('x'.repeat(1_001))).toMatchObject({ is: 'refused', reason: 'too_long' });
  });

  it('is stopped by no pause, and stops the automatic reply that waits', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana', 'by a rule');
    await bench.store.setPause({ scope: 'all', until: Infinity });
    await replyByHand({ ...reply, text: 'by hand' }, bench.store, bench.now());
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(
      () => expect(bench.sandbox.sends().map(({ text }) => text)).toEqual(['by hand']),
      PATIENCE,
    );
    const sends = await bench.store.sends({ limit: 9 });
    expect(sends.find(({ rule }) => rule === 'pricing')).toMatchObject({ state: 'stopped' });
  });
});
