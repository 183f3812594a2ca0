import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decideEvent } from '../../../src/actions/decide/decide-event.js';
import type { DecisionSettings } from '../../../src/actions/decision/settings.js';
import { MOST_BYTES } from '../../../src/actions/work/exchange.js';
import { doWork } from '../../../src/actions/work/do-work.js';
import { createFunnelWorker } from '../../../src/actions/work/worker.js';
import type { DueWork } from '../../../src/domain/due-work.js';
import { HOUR } from '../../../src/domain/time.js';
import { valueAtPath, codesIn } from '../../../src/domain/work.js';
import { aConfig, anAccount, anEvent, TUESDAY } from '../../builders.js';
import { aReceiver } from '../../scenes/receiver.js';
import { aRuleSet } from '../../scenes/rule-set.js';
import { openCopied } from '../../store/template.js';
import { PATIENCE } from '../../patience.js';

/** A funnel with the step, the worker that does its work, and a clock that the test controls. */
async function aFunnel(step: string, more: { allowHosts?: string[]; codes?: string } = {}) {
  const { allowHosts = ['127.0.0.1'], codes } = more;
  const folder = mkdtempSync(join(tmpdir(), 'work-'));
  const file = join(folder, 'codes.csv');
  if (codes !== undefined) writeFileSync(file, codes);
  const rules = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], once_per: false, reply: "One moment.", then: [${step.replace('FILE', file)}, { reply: "Done: {{ contact.fields.got }}" }, { tag: done }] }
`;
  const config = aConfig({ accounts: [anAccount({ name: 'shop-ig' })] });
  const set = aRuleSet(rules, config);
  const settings: DecisionSettings = {
    ...{ mode: 'live', guards: config.guards, optOut: config.guards.optOut },
    accounts: new Map(config.accounts.map((account) => [account.name, account])),
  };
  const time = { now: TUESDAY };
  const store = openCopied(join(folder, 'store.db'), () => time.now);
  const trouble: unknown[] = [];
  const parts = {
    ...{ store, allowHosts, settings, set: () => set, clock: () => time.now },
    env: { SHOP_KEY: 'key-of-the-shop' },
  };
  const open = () =>
    createFunnelWorker({
      ...{ ...parts, onDone: () => undefined },
      onTrouble: (_, error) => trouble.push(error),
    });
  let worker = open();
  onTestFinished(async () => {
    await worker.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const writes = async (contact: string, sourceId: string, text = 'price?') => {
    const event = anEvent({
      sourceId,
      text,
      at: time.now,
      contact: { id: contact, name: null, username: null },
    });
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    const facts = await store.factsFor(event, time.now, { answers: HOUR, mode: 'live' });
    await store.recordDecision(event, await decideEvent(event, facts, set, settings), time.now);
  };
  const works = async () => {
    worker.start();
    worker.nudge();
    await worker.drained();
    expect(trouble).toEqual([]);
  };
  /** Before the first poll. */
  const starts = async () => {
    worker.start();
    await worker.drained();
  };
  const said = async () => (await store.sends({ limit: 99 })).map(({ text }) => text).reverse();
  return {
    ...{ store, time, file, parts, writes, starts, works, said },
    restart: async () => {
      await worker.stop();
      worker = open();
    },
    later: async () => {
      time.now = (await store.nextWorkAt()) ?? time.now;
      await works();
    },
    contact: async (contactId: string) => (await store.contacts({ limit: 1, contactId }))[0]!,
    detail: async () => (await store.journal({ limit: 1 }))[0]!.detail,
  };
}

const CODE = '{ code: { from: "FILE", save: got, low: 1, empty: [{ tag: none-left }] } }';

describe('a code', () => {
  it('is one for each person, the same again when they ask again, and after a crash', async () => {
    const funnel = await aFunnel(CODE, { codes: 'code\nA1\nA2\n"A3"\n' });
    // The code was handed out, and the program stopped before the funnel continued.
    const lost = anEvent({ contact: { id: 'bo', name: null, username: null } });
    const query = { pool: funnel.file, codes: ['A1', 'A2', 'A3'], low: 1 };
    expect(await funnel.store.takeCode({ event: lost, ...query }, TUESDAY)).toEqual({ code: 'A1', left: 2 });
    await Promise.all([funnel.writes('ana', 'm1'), funnel.writes('bo', 'm2')]);
    await funnel.works();
    await funnel.writes('ana', 'm3');
    await funnel.works();
    expect((await funnel.said()).filter((text) => text.startsWith('Done')).sort()).toEqual([
      'Done: A1',
      'Done: A2',
      'Done: A2',
    ]);
    expect(await funnel.contact('ana')).toMatchObject({ tags: ['done'], fields: { got: 'A2' } });
    expect(await funnel.detail()).toContain('left');
  });

  it('is not handed out before the first poll, which may show that a human wrote', async () => {
    const funnel = await aFunnel(CODE, { codes: 'A1\n' });
    await funnel.writes('ana', 'm1');
    await funnel.restart();
    await funnel.starts();
    expect((await funnel.contact('ana')).fields).toEqual({});
    await funnel.works();
    expect((await funnel.contact('ana')).fields).toEqual({ got: 'A1' });
  });

  it('runs out: the owner is notified, and the steps of `empty` take the place of the others', async () => {
    const funnel = await aFunnel(CODE, { codes: 'A1\nA2\n' });
    for (const [index, contact] of ['ana', 'bo', 'cy'].entries()) {
      await funnel.writes(contact, `m${index}`);
      await funnel.works();
      expect(await funnel.store.lowPools()).toMatchObject([{ pool: funnel.file, left: [1, 0, 0][index] }]);
    }
    expect(await funnel.contact('cy')).toMatchObject({
      tags: ['none-left'],
      runs: [{ outcome: 'completed' }],
    });
    expect((await funnel.said()).filter((text) => text.startsWith('Done'))).toHaveLength(2);
    // More codes: those in the way of the used ones as well.
    writeFileSync(funnel.file, 'A0\nA1\nA2\nA3\nA4\nA5\n');
    await funnel.writes('cy', 'm9');
    await funnel.works();
    expect((await funnel.contact('cy')).fields['got']).toMatch(/^A[0345]$/u);
    expect(await funnel.store.lowPools()).toEqual([]);
  });

  it('stays used when the data of its contact is deleted', async () => {
    const funnel = await aFunnel(CODE, { codes: 'A1\nA2\nA3\n' });
    for (const contact of ['ana', 'bo']) {
      await funnel.writes(contact, `m-${contact}`);
      await funnel.works();
      await funnel.store.forgetContact(contact, funnel.time.now);
    }
    await funnel.writes('cy', 'm3');
    await funnel.works();
    expect((await funnel.contact('cy')).fields['got']).toBe('A3');
  });

  it('is given up when its file cannot be read', async () => {
    const funnel = await aFunnel(CODE);
    await funnel.writes('ana', 'm1');
    await funnel.works();
    await funnel.later();
    await funnel.later();
    expect(await funnel.contact('ana')).toMatchObject({ tags: ['none-left'] });
  });

  it('is the first column of its file', () => {
    expect(codesIn('\u{feff}Code;until\r\nA1;2027\r\n"B,2";x\r\n\r\nA1\n C3 \n')).toEqual([
      'A1',
      'B,2',
      'C3',
    ]);
  });
});

const fetching = (url: string, more = '') =>
  `{ fetch: { url: "${url}/{{ message.text }}", headers: { Authorization: "Bearer \${SHOP_KEY}" }, save: { got: "$.items[0].status" }, on_error: [{ tag: failed }]${more} } }`;

describe('work', () => {
  it.each([
    ['code', CODE, ['One moment.', 'Done: A1']],
    [
      'fetch that cannot be made',
      '{ fetch: { url: "https://shop.example/{{ contact.fields.no }}", save: { got: "$" }, on_error: [{ reply: "sorry" }] } }',
      ['One moment.', 'sorry'],
    ],
  ])('that ended although a stop came is recorded: a %s', async (_, step, said) => {
    const funnel = await aFunnel(step, { codes: 'A1\n' });
    await funnel.writes('ana', 'm1');
    const [due] = await funnel.store.dueWork(TUESDAY, 1);
    const stopped = AbortSignal.abort(new Error('stopping'));
    expect(await doWork(due!, { ...funnel.parts, signal: stopped })).not.toBeNull();
    expect(await funnel.said()).toEqual(said);
    expect((await funnel.contact('ana')).runs).toMatchObject([{ outcome: 'completed' }]);
  });

  it('ends its own run after an internal error, and no other', async () => {
    const funnel = await aFunnel(CODE, { codes: 'A1\nA2\n' });
    await funnel.writes('ana', 'm1');
    await funnel.writes('bo', 'm2');
    const [ana] = await funnel.store.dueWork(TUESDAY, 1);
    // Steps of a store that another version of the program wrote.
    const steps = ana!.run.funnel.steps.map((step) =>
      step.type === 'reply' ? { ...step, reply: {} } : step,
    );
    const broken = {
      ...ana!,
      run: { ...ana!.run, funnel: { ...ana!.run.funnel, steps } },
    } as unknown as DueWork;
    const decision = await doWork(broken, { ...funnel.parts, signal: new AbortController().signal });
    expect(decision).toMatchObject({ reason: 'failed' });
    expect(decision?.detail).toMatch(/^internal error while deciding, please report this: /u);
    await funnel.works();
    expect((await funnel.contact('ana')).runs).toMatchObject([{ outcome: 'failed' }]);
    expect((await funnel.contact('bo')).fields).toEqual({ got: 'A2' });
  });
});

describe('a fetch', () => {
  it('saves values of the response, and the journal shows status and duration, and no secret', async () => {
    const shop = await aReceiver();
    Object.assign(shop, { status: 200, answer: '{"items":[{"status":"shipped","n":2}]}' });
    const funnel = await aFunnel(fetching(shop.url));
    await funnel.writes('ana', 'm1', 'price of #1/2?');
    expect(await funnel.said()).toEqual(['One moment.']);
    await funnel.works();
    expect(await funnel.said()).toEqual(['One moment.', 'Done: shipped']);
    expect(shop.received).toMatchObject([
      {
        method: 'GET',
        path: '/hooks/lead/price%20of%20%231%2F2%3F',
        headers: { authorization: 'Bearer key-of-the-shop' },
      },
    ]);
    expect(await funnel.detail()).toMatch(/^fetch 127\.0\.0\.1:\d+: 200 in \d+ ms$/u);
    const everything = JSON.stringify([
      await funnel.store.journal({ limit: 9 }),
      await funnel.contact('ana'),
    ]);
    expect(everything).not.toContain('key-of-the-shop');
  });

  it('is retried twice, and then the steps of `on_error` take the place of the others', async () => {
    const shop = await aReceiver();
    shop.status = 503;
    const funnel = await aFunnel(fetching(shop.url));
    await funnel.writes('ana', 'm1');
    await funnel.works();
    expect(await funnel.contact('ana')).toMatchObject({ tags: [], runs: [{ state: 'waiting' }] });
    await funnel.later();
    await funnel.later();
    expect(shop.received).toHaveLength(3);
    expect(await funnel.contact('ana')).toMatchObject({ tags: ['failed'], runs: [{ outcome: 'completed' }] });
    expect(await funnel.detail()).toMatch(/503 in \d+ ms; given up after 3 attempts$/u);
  });

  it.each([
    ['POST', '', 1, undefined],
    ['POST', ', idempotency_key: true', 3, expect.stringMatching(/^[0-9a-f]{32}$/u) as string],
    ['PUT', '', 3, undefined],
  ])('by %s%s reaches the service %i times when it fails', async (method, more, times, key) => {
    const shop = await aReceiver();
    shop.status = 503;
    const funnel = await aFunnel(
      fetching(shop.url, `, method: ${method}, body: { id: "{{ contact.id }}" }${more}`),
    );
    await funnel.writes('ana', 'm1');
    await funnel.works();
    await funnel.later();
    await funnel.later();
    expect(shop.received).toHaveLength(times);
    expect(new Set(shop.received.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([key]));
    expect(shop.received[0]).toMatchObject({ method, body: '{"id":"ana"}' });
    expect((await funnel.contact('ana')).tags).toEqual(['failed']);
  });

  it('by POST is not made again after the program stopped during the request', async () => {
    const shop = await aReceiver();
    shop.answer = null;
    const funnel = await aFunnel(fetching(shop.url, ', method: POST'));
    await funnel.writes('ana', 'm1');
    const working = funnel.works();
    await expect.poll(() => shop.received.length, PATIENCE).toBe(1);
    await funnel.restart();
    await working;
    Object.assign(shop, { status: 200, answer: '{}' });
    await funnel.works();
    expect(shop.received).toHaveLength(1);
    expect((await funnel.contact('ana')).tags).toEqual(['failed']);
    expect(await funnel.detail()).toContain('whose outcome is unknown');
  });

  it.each([
    ['is no JSON', 200, '<html>', /: the response is not JSON$/u],
    ['has no such value', 200, '{"items":[]}', /: there is no value at \$\.items\[0\]\.status$/u],
    ['is too large', 200, `"${'x'.repeat(MOST_BYTES)}"`, /the response has more than 262144 bytes/u],
    ['is a redirect', 302, '', /: 302 in/u],
  ])('fails when the response %s', async (_, status, answer, detail) => {
    const shop = await aReceiver();
    Object.assign(shop, { status, answer, headers: { location: shop.url } });
    const funnel = await aFunnel(fetching(shop.url, ', method: POST'));
    await funnel.writes('ana', 'm1');
    await funnel.works();
    expect(await funnel.detail()).toMatch(detail);
    expect((await funnel.contact('ana')).tags).toEqual(['failed']);
    expect(shop.received).toHaveLength(1);
  });

  it('reaches no internal address that is not allowed, and waits no longer than its timeout', async () => {
    const shop = await aReceiver();
    const inner = await aFunnel(fetching(shop.url, ', method: POST'), { allowHosts: [] });
    await inner.writes('ana', 'm1');
    await inner.works();
    expect(shop.received).toEqual([]);
    expect(await inner.detail()).toMatch(/name it in webhooks\.allow_hosts to allow it/u);
    shop.answer = null;
    const slow = await aFunnel(fetching(shop.url, ', method: POST, timeout: 100ms'.replace('100ms', '1s')));
    await slow.writes('ana', 'm1');
    await slow.works();
    expect(await slow.detail()).toMatch(/no response within 1 s/u);
  });

  it('leaves a message that comes meanwhile to the rules', async () => {
    const shop = await aReceiver();
    Object.assign(shop, { status: 200, answer: '{"items":[{"status":"shipped"}]}' });
    const funnel = await aFunnel(fetching(shop.url));
    await funnel.writes('ana', 'm1');
    await funnel.writes('ana', 'm2', 'hello?');
    await funnel.works();
    expect((await funnel.contact('ana')).runs).toMatchObject([{ outcome: 'completed' }]);
  });

  it('reads a value at a path only from what the response itself has', () => {
    const body: unknown = JSON.parse('{"a":[{"b":true}],"s":"x"}');
    expect(
      ['$.a[0].b', '$.s', '$.a', '$.a.length', '$.s.length', '$.constructor'].map((path) =>
        valueAtPath(body, path),
      ),
    ).toEqual(['true', 'x', null, '1', null, null]);
  });
});
