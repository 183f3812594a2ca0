import { describe, expect, it, onTestFinished } from 'vitest';
import { blotatoClient } from '../../src/blotato/client.js';
import type { AccountCheck } from '../../src/doctor/accounts.js';
import { examine } from '../../src/doctor/blotato.js';
import { examineContacts, monthOf } from '../../src/doctor/contacts.js';
import type { Diagnosis } from '../../src/doctor/diagnosis.js';
import { DEFAULT_ACCOUNTS, type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';
import { aConfig, anAccount, aRule, keywords } from '../builders.js';
import { matching } from '../e2e/cli.js';

const PLAN = { state: 'error', fix: 'See plan and payment in the settings of Blotato.' };

/** A sandbox with two Instagram accounts, and the findings of `doctor` about the first, by its configuration. */
async function aDoctor(options: Partial<SandboxOptions> = {}) {
  const [shop] = DEFAULT_ACCOUNTS;
  const accounts = [shop!, { ...shop!, name: 'other', id: '7', username: 'other.shop' }];
  const sandbox = await startSandbox({ limits: null, accounts, ...options });
  const throttle = { take: async () => undefined, holdUntil: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock: Date.now, throttle });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  const found = async (more: Partial<AccountCheck> = {}): Promise<Diagnosis[]> => {
    const check = { client, config: aConfig(), rules: [aRule({ on: 'comment' })], known: [], ...more };
    const all: Diagnosis[] = [];
    for await (const each of examine(check, new AbortController().signal)) all.push(each);
    return all;
  };
  const about = async (name: string, more?: Partial<AccountCheck>): Promise<Diagnosis | undefined> =>
    (await found(more)).find((each) => each.about === name);
  return { sandbox, found, about };
}

const known = { account: 'shop-ig', username: 'lumen.shop', hasComments: false };

describe('doctor on an account that Blotato no longer lists', () => {
  it('suggests the likely new id where the username is known, and else lists all accounts', async () => {
    const { sandbox, about } = await aDoctor();
    sandbox.trouble.reconnect('shop-ig', '77001');
    expect(await about('account shop-ig', { known: [known] })).toEqual({
      about: 'account shop-ig',
      state: 'error',
      message: 'Blotato lists no account 98434',
      fix: 'It probably came back as 77001 (lumen.shop): set `id: "77001"` in config.yaml.',
    });
    expect((await about('account shop-ig'))?.fix).toBe(
      'On instagram it lists: 77001 (lumen.shop), 7 (other.shop). Write the right id in config.yaml.',
    );
  });

  it('does not suggest an account that is configured already', async () => {
    const { sandbox, about } = await aDoctor();
    sandbox.trouble.disconnect('shop-ig');
    const config = aConfig({ accounts: [anAccount(), anAccount({ name: 'other', id: '7' })] });
    expect((await about('account shop-ig', { config }))?.fix).not.toContain('probably');
  });
});

describe('doctor on a refused call', () => {
  it('explains a 403 for the key with plan and payment', async () => {
    const { sandbox, found } = await aDoctor();
    sandbox.fault(() => 'forbidden');
    expect(await found()).toMatchObject([
      {
        ...PLAN,
        about: 'key',
        message: 'Blotato refuses the key (403): the plan does not include the API, or a payment is due',
      },
    ]);
  });

  it.each(['/v2/messages', '/v2/comments', '/v2/users/me/accounts'])(
    'explains a 403 for %s alone the same way, and runs the other checks',
    async (route) => {
      const { sandbox, found } = await aDoctor();
      sandbox.fault(({ path }) => (path === route ? 'forbidden' : 'none'));
      const all = await found();
      expect(all.filter(({ state }) => state === 'error')).toMatchObject([
        {
          ...PLAN,
          message: matching(/^the plan does not include the API, or a payment is due: GET .* responded 403/u),
        },
      ]);
      expect(all.at(-1)?.about).toBe('automations');
    },
  );
});

it('doctor recognises the wrong host api.blotato.com, and sends it no request', async () => {
  const { found, sandbox } = await aDoctor();
  const config = aConfig({ blotato: { baseUrl: 'https://api.blotato.com/v2', apiKey: 'k' } });
  expect(await found({ config })).toEqual([
    {
      about: 'address',
      state: 'error',
      message: "api.blotato.com is not the host of Blotato's API",
      fix: 'Remove `blotato.base_url`, or set it to https://backend.blotato.com.',
    },
  ]);
  expect(sandbox.calls()).toEqual({});
});

describe("doctor on Blotato's own automations", () => {
  it("names those that share a keyword with our rules, and the account's other automations", async () => {
    const { sandbox, about } = await aDoctor();
    const rules = [
      aRule({ id: 'guide', on: 'comment', keywords: keywords({ any: ['guide'] }) }),
      aRule({ id: 'price', on: 'comment', keywords: keywords({ any: ['price'] }) }),
      aRule({ id: 'by-message', on: 'message', keywords: keywords({ any: ['guide'] }) }),
    ];
    const id = sandbox.automations.add({ account: 'shop-ig', keywords: ['GUIDE'], dmMessage: 'theirs' });
    expect(await about('automations', { rules })).toMatchObject({
      state: 'warning',
      message: `Blotato's automation ${id} of shop-ig replies to the same events as our rules (it will usually be first, and a comment takes only one private reply): guide (the keyword GUIDE); also, without a shared keyword: price (the account shop-ig)`,
      fix: matching(/^Let only one of the two reply/u),
    });
    sandbox.automations.change(id, { isActive: false });
    expect(await about('automations', { rules })).toMatchObject({
      state: 'fine',
      message: "0 of Blotato's own are active; none overlaps with our rules",
    });
  });

  it.each(['2.0.0', 'forbidden'] as const)(
    'reports no error when the list of automations is unavailable: %s',
    async (what) => {
      const { sandbox, about } = await aDoctor(what === '2.0.0' ? { release: what } : {});
      if (what === 'forbidden') {
        sandbox.fault(({ path }) => (path === '/v2/dm-automations' ? what : 'none'));
      }
      expect(await about('automations')).toMatchObject({
        state: 'fine',
        message: matching(/^Blotato does not list its own automations here \(40[34]\)/u),
      });
    },
  );
});

describe('doctor on comments', () => {
  it('warns of accounts with comment rules of which no comment was ever read, and suggests a test', async () => {
    const { sandbox, about } = await aDoctor();
    const name = 'comments of shop-ig';
    expect(await about(name)).toMatchObject({
      state: 'warning',
      message: 'readable, but no comment was ever seen',
      fix: matching(/^Test it: write a new top-level comment from another account/u),
    });
    expect(
      (await about(name, { rules: [aRule(), aRule({ on: 'comment', accounts: ['other'] })] }))?.state,
    ).toBe('fine');
    expect((await about(name, { known: [{ ...known, hasComments: true }] }))?.state).toBe('fine');
    sandbox.comment({ account: 'shop-ig', contact: { id: '7001' }, text: 'guide' });
    expect((await about(name))?.state).toBe('fine');
  });
});

it('doctor counts the contacts that got a reply this month, by account', () => {
  expect(monthOf(Date.parse('2026-11-24T09:00:00Z'))).toBe(Date.parse('2026-11-01T00:00:00Z'));
  const answered = [
    { account: 'shop-ig', contactsAnswered: 1200 },
    { account: 'shop-fb', contactsAnswered: 1 },
    { account: 'idle', contactsAnswered: 0 },
  ];
  expect(examineContacts(answered).message).toBe(
    '1,201 contacts got a reply this month (shop-ig 1,200, shop-fb 1); plans have 1,000, 6,000 or 15,000 active contacts a month, counted per account',
  );
});
