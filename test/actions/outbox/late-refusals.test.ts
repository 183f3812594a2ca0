import { describe, expect, it, vi } from 'vitest';
import { MINUTE, SECOND } from '../../../src/domain/time.js';
import { aBench, type Bench } from './bench.js';
import { PATIENCE } from '../../patience.js';

async function passSlowly(bench: Bench, length: number): Promise<void> {
  for (let passed = 0; passed < length; passed += 10 * SECOND) {
    bench.pass(10 * SECOND);
    await bench.outbox.drained(bench.now());
  }
}

describe('a send that is accepted and fails later', () => {
  it.each([
    ['late_contact_limit', '20101'],
    ['late_no_permission', '20201'],
    ['late_restricted', '10/1893063'],
  ] as const)('with %s is put back and the account is held until a send arrives', async (fault, cause) => {
    const bench = await aBench();
    bench.sandbox.fault(({ method }) => (method === 'POST' ? fault : 'none'));
    await bench.queue('shop-ig', 'ana');
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(async () => {
      bench.pass(SECOND);
      expect(await bench.store.blocks()).toMatchObject([{ account: 'shop-ig', cause }]);
    }, PATIENCE);
    expect(await bench.states()).toEqual({ ana: 'pending' });
    expect(await bench.reasons()).toEqual(['blocked_account']);
    const [send] = await bench.store.sends({ limit: 1 });
    expect(send).toMatchObject({ messageId: null, checkAt: null });

    bench.sandbox.fault(null);
    await passSlowly(bench, 3 * MINUTE);
    await bench.becomes({ ana: 'sent' });
    await vi.waitFor(async () => expect(await bench.store.blocks()).toEqual([]), PATIENCE);
  });

  it('with 20102 counts as sent when an earlier attempt of ours may have arrived', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    let posts = 0;
    bench.sandbox.fault(({ method }) => {
      if (method !== 'POST') return 'none';
      posts += 1;
      return posts === 1 ? 'drop_before' : 'late_replied';
    });
    await bench.outbox.start();
    bench.outbox.nudge();
    await passSlowly(bench, MINUTE);
    await bench.becomes({ ana: 'sent' });
    expect(await bench.reasons()).toEqual(['replied']);
  });
});

describe('a plan without API (403)', () => {
  it('holds all accounts, loses nothing, and resumes when the probe succeeds', async () => {
    const bench = await aBench();
    for (const person of ['ana', 'bo']) await bench.queue('shop-ig', person);
    bench.sandbox.fault(() => 'forbidden');
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(async () => {
      expect(await bench.store.blocks()).toMatchObject([{ account: '*', cause: '403' }]);
    }, PATIENCE);
    await passSlowly(bench, 5 * MINUTE);
    expect(await bench.states()).toEqual({ ana: 'pending', bo: 'pending' });
    bench.sandbox.fault(null);
    await passSlowly(bench, 11 * MINUTE);
    await bench.becomes({ ana: 'sent', bo: 'sent' });
    expect(await bench.store.blocks()).toEqual([]);
  });
});
