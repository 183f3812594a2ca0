import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isInner } from '../../../src/actions/webhook/addresses.js';
import { createWebhooks, MOST_ATTEMPTS } from '../../../src/actions/webhook/worker.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';
import { aDecision, anEvent, TUESDAY } from '../../builders.js';
import { aReceiver } from '../../scenes/receiver.js';
import { openCopied } from '../../store/template.js';

/** A webhook of a rule to `url`, and the worker that sends it, with a clock that the test controls. */
async function told(
  url: string,
  more: { secret?: string; allowHosts?: string[]; times?: number; isOver?: () => boolean } = {},
) {
  const { secret = null, allowHosts = ['127.0.0.1'], times = 1, isOver = () => false } = more;
  const folder = mkdtempSync(join(tmpdir(), 'webhook-'));
  const time = { now: TUESDAY };
  const store = openCopied(join(folder, 'store.db'), () => time.now);
  const event = anEvent();
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  const effect = { type: 'webhook', rule: 'pricing', url, secret, body: '{"a":1}' } as const;
  const effects = Array.from({ length: times }, () => effect);
  await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], effects }), time.now);
  const trouble: unknown[] = [];
  const worker = createWebhooks({
    store,
    allowHosts,
    isOver,
    clock: () => time.now,
    env: { CRM_SECRET: 'for-the-test' },
    timeout: 2_000,
    onEnd: () => undefined,
    onTrouble: (_, error) => trouble.push(error),
  });
  onTestFinished(async () => {
    await worker.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  worker.start();
  const webhook = async () => {
    await worker.drained();
    expect(trouble).toEqual([]);
    return (await store.webhooks({ limit: 1 }))[0]!;
  };
  const later = async () => {
    time.now = (await webhook()).notBefore;
    worker.nudge();
    return webhook();
  };
  return { store, time, worker, webhook, later };
}

describe('an internal address (this machine, its network or a cloud’s metadata)', () => {
  it.each([
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '100.64.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', '::ffff:127.0.0.1', '::ffff:a00:1', '::127.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::'],
    ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1', '2001:db8::1', 'not an address'],
  ])('is %s', (address) => expect(isInner(address)).toBe(true));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '192.167.0.1'])(
    'is not %s',
    (address) => expect(isInner(address)).toBe(false),
  );

  it.each([
    'https://127.0.0.1/hook',
    'https://localhost/hook',
    'https://[::1]/hook',
    'https://[::ffff:7f00:1]/hook',
    'https://2130706433/hook',
    'https://0x7f.1/hook',
    'https://169.254.169.254/latest/meta-data',
  ])('receives no webhook: %s', async (url) => {
    const { webhook } = await told(url, { allowHosts: [] });
    const { state, detail } = await webhook();
    expect(state).toBe('pending');
    expect(detail).toMatch(/is an address of this machine or its network; name it in webhooks\.allow_hosts/u);
  });

  it('receives no webhook through a redirect', async () => {
    const inner = await aReceiver();
    const outer = await aReceiver();
    Object.assign(outer, { status: 307, headers: { location: inner.url } });
    const { webhook } = await told(outer.url);
    expect((await webhook()).detail).toMatch(/^responded with a redirect \(307\), which is not followed/u);
    expect(inner.received).toEqual([]);
  });
});

describe('a webhook', () => {
  it('is not sent unencrypted to a host that is not allowed', async () => {
    const { webhook } = await told('http://crm.example/hook', { allowHosts: [] });
    expect((await webhook()).detail).toBe('http:// is not encrypted; write https://');
  });

  it('is not sent unsigned when its secret is missing', async () => {
    const receiver = await aReceiver();
    const { webhook } = await told(receiver.url, { secret: '${NOT_SET}' });
    expect((await webhook()).detail).toBe(
      'the environment variable NOT_SET of the signing secret is not set',
    );
    expect(receiver.received).toEqual([]);
  });

  it('is retried with backoff for a day and a half, and then is a dead letter', async () => {
    const receiver = await aReceiver();
    receiver.status = 500;
    const { later, webhook, time } = await told(receiver.url);
    const waits: number[] = [];
    for (let last = await webhook(); last.state === 'pending'; last = await later()) {
      waits.push(last.notBefore - time.now);
    }
    expect(receiver.received).toHaveLength(MOST_ATTEMPTS);
    expect(waits[0]).toBeLessThanOrEqual(10_000);
    expect(waits.at(-1)).toBeGreaterThan(4 * HOUR);
    expect(time.now - TUESDAY).toBeGreaterThan(DAY);
    expect(time.now - TUESDAY).toBeLessThan(2 * DAY);
    expect(await webhook()).toMatchObject({
      state: 'dead',
      detail: `responded with 500; given up after ${MOST_ATTEMPTS} attempts`,
    });
  });

  it('waits as long as Retry-After asks', async () => {
    const receiver = await aReceiver();
    Object.assign(receiver, { status: 429, headers: { 'retry-after': '600' } });
    const { webhook } = await told(receiver.url);
    expect((await webhook()).notBefore).toBe(TUESDAY + 10 * MINUTE);
  });

  it('is a dead letter at once after a 410', async () => {
    const receiver = await aReceiver();
    receiver.status = 410;
    const { webhook } = await told(receiver.url);
    expect(await webhook()).toMatchObject({ state: 'dead', attempts: 1 });
  });

  it('is retried when the receiver is unreachable', async () => {
    const { webhook } = await told('http://127.0.0.1:9/hook');
    expect(await webhook()).toMatchObject({ state: 'pending', attempts: 1 });
    expect((await webhook()).detail).toMatch(/ECONNREFUSED/u);
  });

  it('waits for the next cycle when the time of this one is over', async () => {
    const receiver = await aReceiver();
    const { worker, webhook, time } = await told(receiver.url, { times: 9, isOver: () => true });
    await webhook();
    // The first batch has four webhooks; the other five wait.
    expect(receiver.received).toHaveLength(4);
    expect(worker.nextAt()).toBe(time.now);
  });

  it('has the same idempotency key in each attempt', async () => {
    const receiver = await aReceiver();
    receiver.status = 500;
    const { later, webhook } = await told(receiver.url);
    await webhook();
    receiver.status = 200;
    expect((await later()).state).toBe('delivered');
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});
