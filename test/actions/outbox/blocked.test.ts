import { describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.js';
import { aComment, aDecision, anAction } from '../../builders.js';
import { aBench, type Bench } from './bench.js';
import { PATIENCE } from '../../patience.js';

const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) });

async function passSlowly(bench: Bench, length: number, step: number): Promise<void> {
  for (let passed = 0; passed < length; passed += step) {
    bench.pass(step);
    await bench.outbox.drained(bench.now());
  }
}

describe('a key that is refused (401)', () => {
  it('is probed without sending anything, and once it is accepted the queue is sent', async () => {
    const bench = await aBench();
    for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
    let [posts, questions] = [0, 0];
    bench.proxy.intercept = async ({ method, path }) => {
      if (method === 'POST') posts += 1;
      if (path === '/v2/users/me') questions += 1;
      return json(401, { message: 'no such key' });
    };
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(async () => {
      expect(await bench.store.blocks()).toMatchObject([{ account: '*', cause: '401' }]);
    }, PATIENCE);
    await bench.outbox.drained(bench.now());
    const spent = posts;
    await passSlowly(bench, 20 * MINUTE, 10 * SECOND);
    expect(posts).toBe(spent);
    expect(questions).toBeGreaterThan(3);
    expect(questions).toBeLessThan(15);

    bench.proxy.intercept = (call) => call.pass();
    await passSlowly(bench, 6 * MINUTE, 10 * SECOND);
    await bench.becomes({ ana: 'sent', bo: 'sent', cy: 'sent' });
    expect(await bench.store.blocks()).toEqual([]);
    expect(bench.sandbox.sends()).toHaveLength(3);
  });
});

describe('an account that is listed under another id', () => {
  it('keeps its queue until it is back', async () => {
    const bench = await aBench();
    const { trouble, world } = bench.sandbox;
    const { id } = world.account('shop-ig');
    await bench.queue('shop-ig', 'ana');
    await bench.queue('shop-x', 'bo');
    trouble.reconnect('shop-ig', '77001');
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(async () => {
      expect(await bench.store.blocks()).toMatchObject([{ account: 'shop-ig', cause: '404' }]);
    }, PATIENCE);
    await bench.becomes({ ana: 'pending', bo: 'accepted' });
    await passSlowly(bench, 10 * MINUTE, 30 * SECOND);
    expect(await bench.states()).toMatchObject({ ana: 'pending' });

    trouble.reconnect('shop-ig', id);
    await passSlowly(bench, 6 * MINUTE, 30 * SECOND);
    await bench.becomes({ ana: 'sent' });
    expect(await bench.store.blocks()).toEqual([]);
  });
});

describe('a reply that waits past its messaging window', () => {
  it('ends as `window_closed` while the account is blocked, and is not sent late', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    await bench.queue('shop-x', 'bo');
    await bench.queueComment('shop-ig', 'cy');
    await bench.proxy.away();
    await bench.outbox.start();
    bench.outbox.nudge();
    await passSlowly(bench, 23 * HOUR, HOUR);
    expect(await bench.states()).toMatchObject({ ana: 'pending', bo: 'pending', cy: 'pending' });
    await passSlowly(bench, 2 * HOUR, HOUR);
    await bench.becomes({ ana: 'stopped', bo: 'pending', cy: 'pending' });
    expect(await bench.reasons()).toContain('window_closed');

    await passSlowly(bench, 7 * DAY, 6 * HOUR);
    // The private reply to cy could be sent for seven days; the message to bo has no limit, since X has no messaging
    // window.
    await bench.becomes({ ana: 'stopped', bo: 'pending', cy: 'stopped' });
    await bench.proxy.back();
    await passSlowly(bench, HOUR, 5 * MINUTE);
    expect(bench.sandbox.sends()).toMatchObject([{ recipientId: 'bo' }]);
  });
});

describe('a private reply that was already sent (20102)', () => {
  const spent = json(422, { code: '20102', message: 'already has a reply' });

  it('names another tool when none of our rules can have sent it', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    bench.proxy.intercept = async (call) => (call.method === 'POST' ? spent : call.pass());
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'failed' });
    const [send] = await bench.store.sends({ limit: 1 });
    expect(send).toMatchObject({ reason: 'private_reply_used' });
    expect(send?.detail).toBe('another tool used it (20102: already has a reply)');
  });

  it('names our own rule whose ambiguous attempt was discarded by hand', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    bench.proxy.intercept = async (call) => (call.method === 'POST' ? 'cut' : call.pass());
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'ambiguous' });
    const [first] = await bench.store.sends({ limit: 1 });
    await bench.store.discardSend(first!.id, bench.now());

    // The same comment under another id, as when the API lists it again.
    const comment = { postId: null, platformPostId: null, parentId: null };
    const event = aComment({
      sourceId: 'again',
      contact: { id: 'bo', name: null, username: null },
      at: bench.now(),
      comment: { ...comment, platformCommentId: first!.platformCommentId },
    });
    await bench.store.recordPage('comments', [{ event, beforeStart: false }], null);
    const actions = [anAction({ type: 'private_reply', rule: 'second', text: 'for bo' })];
    await bench.store.recordDecision(event, aDecision({ rule: 'second', actions }), bench.now());
    bench.proxy.intercept = async (call) => (call.method === 'POST' ? spent : call.pass());
    await passSlowly(bench, MINUTE, 10 * SECOND);
    await bench.becomes({ bo: 'failed' });
    const [second] = await bench.store.sends({ limit: 1 });
    expect(second?.detail).toBe('our rule pricing used it (20102: already has a reply)');
  });
});
