import { describe, expect, it } from 'vitest';
import { emptyAt } from '../../../src/actions/outbox/forecast.js';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/time.js';
import { TUESDAY } from '../../builders.js';
import { aBench } from './bench.js';
import type { QueueState } from '../../../src/store/ports/owner.js';

const ROUTE = 'POST /v2/messages';
const EMPTY: QueueState = { waiting: [], calls: [], attempts: [] };
const BUDGET = { perMinute: 30, perHourPerAccount: 200 };
const waiting = (n: number, account = 'shop-ig', latestAt = TUESDAY) =>
  ({ route: ROUTE, account, n, latestAt }) as const;

describe('the forecast of when the queue will be empty', () => {
  it.each<[string, QueueState, number]>([
    ['is now if nothing waits', EMPTY, 0],
    ['is now while the budget is unused', { ...EMPTY, waiting: [waiting(30)] }, 0],
    [
      'is a minute later for one send more than the budget of a minute',
      { ...EMPTY, waiting: [waiting(31)] },
      61 * SECOND,
    ],
    [
      'is the end of the delay of the last send',
      { ...EMPTY, waiting: [waiting(1, 'a', TUESDAY + 5 * MINUTE)] },
      5 * MINUTE,
    ],
    [
      'is when the used budget per minute is free again',
      { ...EMPTY, waiting: [waiting(1)], calls: spent(30, TUESDAY - 40 * SECOND) },
      21 * SECOND,
    ],
    [
      'is when the used budget per hour of the account is free again',
      { ...EMPTY, waiting: [waiting(1)], attempts: spent(200, TUESDAY - 50 * MINUTE) },
      10 * MINUTE,
    ],
    [
      'is the time of the latest account',
      { ...EMPTY, waiting: [waiting(2), waiting(3, 'other')], attempts: spent(200, TUESDAY - 50 * MINUTE) },
      10 * MINUTE,
    ],
    [
      'is an hour later for one send more than the budget of an hour',
      { ...EMPTY, waiting: [waiting(201)] },
      HOUR,
    ],
  ])('%s', (_, queue, after) => {
    expect(emptyAt(queue, BUDGET, TUESDAY) - TUESDAY).toBe(after);
  });

  it('matches the time at which the outbox empties it', async () => {
    const budget = { perMinute: 5, perHourPerAccount: 12 };
    const bench = await aBench({ budget });
    for (let n = 0; n < 20; n += 1) await bench.queue(n % 5 === 0 ? 'shop-x' : 'shop-ig', `person-${n}`);
    const foretold = emptyAt(await bench.store.queue(bench.now()), budget, bench.now());
    await bench.outbox.start();
    bench.outbox.nudge();
    while (bench.sandbox.sends().length < 20 && bench.now() < foretold + HOUR) {
      bench.pass(SECOND);
      await bench.outbox.drained(bench.now());
    }
    const last = bench.sandbox.sends().at(-1)!.at;
    expect(Math.abs(last - foretold)).toBeLessThanOrEqual(SECOND);
  });
});

function spent(n: number, at: number) {
  return Array.from({ length: n }, () => ({ route: ROUTE, account: 'shop-ig', at }) as const);
}
