import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blotatoClient } from '../../src/blotato/client.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { createAutomationWatch } from '../../src/poller/automation-watch.js';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';
import { anAccount, aRule, keywords, TUESDAY } from '../builders.js';
import { openCopied } from '../store/template.js';

const RULES = [aRule({ id: 'guide', on: 'comment', keywords: keywords({ any: ['guide'] }) })];

/** The watch over the automations of a sandbox, with a clock that the test controls. */
async function aWatch(options: Partial<SandboxOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'automations-'));
  const time = { now: TUESDAY };
  const clock = () => time.now;
  const sandbox = await startSandbox({ limits: null, clock, ...options });
  const store = openCopied(join(folder, 'store.db'), clock);
  const throttle = { take: async () => undefined, holdUntil: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock, throttle });
  onTestFinished(async () => {
    await client.close();
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const warnings: object[] = [];
  const logger = { info: () => undefined, warn: (what: object) => warnings.push(what) };
  const start = () =>
    createAutomationWatch({ config: { accounts: [anAccount()] }, clock, logger: logger as never });
  let watch = start();
  return {
    ...{ sandbox, warnings },
    restart: () => (watch = start()),
    asks: () => Object.values(sandbox.calls()['GET /v2/dm-automations'] ?? {}).reduce((sum, n) => sum + n, 0),
    pass: async (length: number) => {
      time.now += length;
      await watch.learn(client, store, () => RULES, new AbortController().signal);
      const seen = await store.automations();
      return seen?.automations.map(({ id, change }) => [id, change?.is ?? null]) ?? null;
    },
  };
}

describe("Blotato's own automations", () => {
  it('are read once a day, also across a restart, and changes are stored for notices', async () => {
    const { sandbox, asks, pass, restart, warnings } = await aWatch();
    const add = (keyword: string) =>
      sandbox.automations.add({ account: 'shop-ig', keywords: [keyword], dmMessage: 'theirs' });
    const [first, second] = [add('GUIDE'), add('other')];
    // Automations in the first read do not count as changes.
    expect(await pass(0)).toEqual([
      [first, null],
      [second, null],
    ]);
    expect(warnings).toMatchObject([{ automation: first, account: 'shop-ig', rules: ['guide'] }]);

    const third = add('later');
    sandbox.automations.change(first, { dmMessage: 'new' });
    sandbox.automations.change(second, { isActive: false });
    await pass(HOUR);
    restart();
    await pass(HOUR);
    expect(asks()).toBe(1);
    const changed = [
      [first, 'changed'],
      [second, 'switched off'],
      [third, 'added'],
    ];
    expect(await pass(22 * HOUR)).toEqual(changed);
    // Only the latest change is still stored: nothing else happened.
    expect(await pass(DAY)).toEqual(changed);
    sandbox.automations.remove(third);
    expect((await pass(DAY))?.at(-1)).toEqual([third, 'removed']);
    expect(await pass(DAY * 31)).toHaveLength(2);
  });

  it.each(['no such call', 'forbidden'])(
    'are requested daily and without an error where the API has %s',
    async (what) => {
      const { sandbox, asks, pass, warnings } = await aWatch(
        what === 'forbidden' ? {} : { release: '2.0.0' },
      );
      if (what === 'forbidden') sandbox.fault(() => 'forbidden');
      expect(await pass(0)).toBeNull();
      await pass(HOUR);
      expect(what === 'forbidden' ? asks() : 1).toBe(1);
      await pass(DAY);
      expect(what === 'forbidden' ? asks() : 2).toBe(2);
      expect(warnings).toEqual([]);
    },
  );

  it('are requested again soon when the API fails, while polls continue', async () => {
    const { sandbox, pass, warnings } = await aWatch();
    sandbox.automations.add({ account: 'shop-ig', keywords: ['GUIDE'], dmMessage: 'theirs' });
    sandbox.fault(() => 'error_500_before');
    expect(await pass(0)).toBeNull();
    expect(await pass(HOUR)).toBeNull();
    sandbox.fault(null);
    expect(await pass(HOUR)).toHaveLength(1);
    expect(warnings).toHaveLength(2);
  });
});
