import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../src/domain/time.js';
import { aBench } from './bench.js';

describe('the final status of an accepted send', () => {
  it.each<[string, { status: number; body: string }]>([
    ['is not supported', { status: 404, body: '{"message":"no route"}' }],
    ['returns an unknown format', { status: 200, body: '{"id":"a1","createdAt":"string"}' }],
  ])('is read from the list when the request for the single message %s', async (_, answer) => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    let asked = 0;
    bench.proxy.intercept = async (call) => {
      if (!/^\/v2\/messages\/./u.test(call.path)) return call.pass();
      asked += 1;
      return answer;
    };
    await bench.outbox.start();
    bench.outbox.nudge();
    await bench.becomes({ ana: 'accepted' });
    bench.pass(2 * SECOND);
    await bench.becomes({ ana: 'sent' });
    expect(asked).toBe(1);
    expect(bench.troubles).toEqual([]);
  });
});
