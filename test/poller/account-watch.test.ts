import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blotatoClient } from '../../src/blotato/client.js';
import { LIMITS } from '../../src/domain/limits.js';
import { MINUTE } from '../../src/domain/time.js';
import { createAccountWatch } from '../../src/poller/account-watch.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { anAccount, TUESDAY } from '../builders.js';
import { openCopied } from '../store/template.js';

/** The watch over one sandbox account, with a clock that the test controls. */
async function aWatch() {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  const time = { now: TUESDAY };
  const clock = () => time.now;
  const sandbox = await startSandbox({ limits: null });
  const store = openCopied(join(folder, 'store.db'), clock);
  const throttle = { take: async () => undefined, holdUntil: () => undefined, counted: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock, throttle });
  onTestFinished(async () => {
    await client.close();
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const { name, id, platform, username } = sandbox.world.accounts.find((each) => each.name === 'shop-ig')!;
  const config = { accounts: [anAccount({ name, id, platform })] };
  const errors: object[] = [];
  const logger = { info: () => undefined, warn: () => undefined, error: (what: object) => errors.push(what) };
  const start = (accountId = id) =>
    createAccountWatch({
      config: { accounts: [{ ...config.accounts[0]!, id: accountId }] },
      clock,
      logger: logger as never,
    });
  const state = { isBack: false };
  let watch = start();
  const { signal } = new AbortController();
  return {
    ...{ sandbox, store, errors, id, username },
    asks: () =>
      Object.values(sandbox.calls()['GET /v2/users/me/accounts'] ?? {}).reduce((sum, n) => sum + n, 0),
    watch: state,
    restart: (accountId?: string) => (watch = start(accountId)),
    pass: async (length: number) => {
      time.now += length;
      state.isBack = await watch.learn(client, store, signal);
      return watch;
    },
  };
}

describe('an account that Blotato no longer lists', () => {
  it('is reported within ten minutes, with its likely new id, once, and again after a restart', async () => {
    const { sandbox, store, errors, pass, restart, id, username } = await aWatch();
    expect((await pass(0)).usernameOf(id)).toBe(username);
    expect(errors).toEqual([]);
    sandbox.trouble.disconnect('shop-ig');
    await pass(10 * MINUTE);
    expect(errors).toEqual([{ account: 'shop-ig', accountId: id, likelyId: null }]);
    expect(await store.listedAccounts()).toMatchObject([
      { account: 'shop-ig', missingSince: TUESDAY + 10 * MINUTE },
    ]);

    sandbox.trouble.reconnect('shop-ig', '77001');
    await pass(LIMITS.accountsEvery);
    await pass(LIMITS.accountsEvery);
    await pass(LIMITS.accountsEvery);
    expect(errors.slice(1)).toEqual([{ account: 'shop-ig', accountId: id, likelyId: '77001' }]);
    expect(await store.listedAccounts()).toMatchObject([
      { likelyId: '77001', missingSince: TUESDAY + 10 * MINUTE },
    ]);

    // After a restart the missing account is logged again; the username that identifies the new id is in the
    // store.
    restart();
    await pass(0);
    expect(errors.slice(2)).toEqual([{ account: 'shop-ig', accountId: id, likelyId: '77001' }]);
  });

  it('is no longer reported when it is listed again', async () => {
    const { sandbox, store, errors, pass, id } = await aWatch();
    await pass(0);
    sandbox.trouble.disconnect('shop-ig');
    await pass(10 * MINUTE);
    sandbox.trouble.reconnect('shop-ig', id);
    await pass(LIMITS.accountsEvery);
    expect(errors).toHaveLength(1);
    expect(await store.listedAccounts()).toMatchObject([{ missingSince: null, likelyId: null }]);
  });

  it('counts as back once it is listed again, or the configuration has its new id', async () => {
    const { sandbox, watch, pass, restart, id } = await aWatch();
    const isBack = async (length: number) => (await pass(length), watch.isBack);
    expect(await isBack(0)).toBe(false);
    sandbox.trouble.reconnect('shop-ig', '77001');
    expect(await isBack(LIMITS.accountsEvery)).toBe(false);
    sandbox.trouble.reconnect('shop-ig', id);
    expect(await isBack(LIMITS.accountsEvery)).toBe(true);
    expect(await isBack(LIMITS.accountsEvery)).toBe(false);
    sandbox.trouble.reconnect('shop-ig', '77001');
    restart('77001');
    expect(await isBack(0)).toBe(true);
  });

  it('costs a call every five minutes, however often lists are polled', async () => {
    const { asks, pass } = await aWatch();
    for (let passed = 0; passed < 20 * MINUTE; passed += MINUTE) await pass(passed === 0 ? 0 : MINUTE);
    expect(asks()).toBe(4);
  });
});
