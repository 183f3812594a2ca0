import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decideEvent } from '../../src/actions/decide/decide-event.js';
import { settlingFor } from '../../src/actions/decide/settling.js';
import { blotatoClient } from '../../src/blotato/client.js';
import { HOUR, SECOND } from '../../src/domain/time.js';
import { pollCycle } from '../../src/poller/cycle.js';
import { messageSource } from '../../src/poller/messages.js';
import { createSeen } from '../../src/poller/seen.js';
import { startSandbox } from '../../src/sandbox/server.js';
import type { PgStore } from '../../src/store/postgres/open.js';
import { acquireLease, leanStore, workspaceOf } from '../../src/store/postgres/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { aConfig } from '../builders.js';
import { usePostgres } from '../postgres/use.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { knownTo } from '../store/known.js';
import { openCopied } from '../store/template.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "{{ message.text }}", once_per: 24h }
`;
let served: PgStore;
usePostgres((opened) => (served = opened));
let workspaces = 0;

/** Opens the same new store again and again, as after a crash. */
const STORES: Readonly<Record<string, () => Promise<() => Promise<Store>>>> = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'early-'));
    let open: Store | null = null;
    onTestFinished(async () => {
      await open?.close();
      rmSync(folder, { recursive: true });
    });
    return async () => {
      await open?.close();
      return (open = openCopied(join(folder, 'early.db'), Date.now));
    };
  },
  async postgres() {
    const workspace = await workspaceOf(served, `early ${(workspaces += 1)}`);
    return async () => {
      const lease = await acquireLease(served, workspace, 'test');
      return leanStore(served, () => lease, Date.now);
    };
  },
};

/** Methods that change the store. */
const WRITES = [
  ...(['beginPoll', 'recordPage', 'endPoll', 'saveConversations', 'saveOwnId', 'recordDeliveries'] as const),
  ...(['recordDecision', 'recordDecisions', 'release', 'settle'] as const),
];

/** The store of a process that is killed before its n-th write: nothing that it does after it has an effect. */
function killedBefore(store: Store, nth: number): Store & { readonly writes: () => number } {
  let writes = 0;
  return new Proxy(store, {
    get(target, name) {
      if (name === 'writes') return () => writes;
      const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return async (...given: unknown[]) => {
        if (WRITES.some((each) => each === name)) writes += 1;
        if (writes >= nth) throw new Error('killed');
        return method.apply(target, given);
      };
    },
  }) as Store & { readonly writes: () => number };
}

/** A shop that gets four pages of messages. Ana wrote last, and before the others; a human has answered Ben. */
async function aShop() {
  const sandbox = await startSandbox({ limits: null, pageSizeMost: 4 });
  const throttle = { take: async () => undefined, holdUntil: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock: Date.now, throttle });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  const from = (contact: string, text: string, ago: number) => {
    return { account: 'shop-ig', contact, text, at: Date.now() - ago * SECOND };
  };
  const config = aConfig();
  const set = aRuleSet(RULES, config);
  const accounts = new Map(config.accounts.map((each) => [each.name, each]));
  const settings = { mode: 'live', accounts, guards: config.guards, optOut: config.guards.optOut } as const;

  const poll = async (store: Store) =>
    pollCycle({
      store,
      known: await knownTo(store),
      seen: createSeen(),
      streams: [
        {
          source: messageSource({
            ...{ store, client, usernameOf: () => 'lumen.shop' },
            accounts: new Map(config.accounts.map((each) => [each.id, each])),
          }),
          platforms: ['instagram'],
        },
      ],
      signal: new AbortController().signal,
      clock: Date.now,
      apiNow: Date.now,
      settings: config.poll,
      window: { answers: config.guards.perContact.per, mode: 'live' },
      answer: (event, facts) => decideEvent(event, facts, set, settings),
      settling: () => settlingFor(set, settings),
      expire: () => Promise.resolve(),
      onDecision: () => undefined,
      onReadError: (_, error) => {
        throw error;
      },
      onEnded: () => undefined,
      nextPoll: Date.now,
    });
  return {
    poll,
    write() {
      sandbox.receive(from('ana', 'price a', 99));
      sandbox.humanWrites(from('ben', 'I can help.', 98));
      for (let n = 0; n < 11; n += 1) sandbox.receive(from(`other-${n}`, `price ${n}`, 90 - n));
      sandbox.receive(from('ben', 'price b', 3));
      sandbox.receive(from('ana', 'price c', 2));
      sandbox.receive(from('ana', 'price d', 1));
    },
  };
}

async function outcome(store: Store) {
  const rows = await store.journal({ limit: 100 });
  const sends = await store.sends({ limit: 100 });
  return {
    reasons: Object.fromEntries(rows.map(({ event, reason }) => [event.text, reason])),
    rows: rows.length,
    sends: sends.map(({ text }) => text).sort(),
  };
}

const MOST_WRITES = 60;
const REPLIES = ['price a', ...Array.from({ length: 11 }, (_, n) => `price ${n}`)].sort();

describe.each(Object.keys(STORES))('a program on %s that is killed while a long list is read', (kind) => {
  it(
    'loses no message and doubles none, before whichever write it is killed',
    { timeout: 300_000 },
    async () => {
      const shop = await aShop();
      const start = Date.now() - HOUR;
      const read = {
        resource: 'messages',
        watermarks: new Map([['instagram', start] as const]),
        at: start,
      } as const;
      shop.write();
      let [killed, early] = [0, 0];
      // The number of writes is not the same each time, since reads of conversations overlap.
      for (let n = 0; n < MOST_WRITES; n += 1) {
        const open = await STORES[kind]!();
        await (await open()).endPoll([read], start, start);
        const dying = killedBefore(await open(), n + 1);
        const isKilled = await shop.poll(dying).then(
          () => dying.writes() > n,
          () => true,
        );
        const after = await open();
        const { walks } = await knownTo(after);
        const before = await outcome(after);
        killed += isKilled ? 1 : 0;
        early += walks.messages !== undefined && before.sends.length > 0 ? 1 : 0;
        for (let polls = 0; polls < 2; polls += 1) await shop.poll(after);
        const { reasons, rows, sends } = await outcome(after);
        expect(sends, `killed before write ${n + 1}`).toEqual(REPLIES);
        expect(rows).toBe(16);
        expect(reasons).toMatchObject({
          'price a': 'queued',
          'price c': 'cooldown',
          'price d': 'cooldown',
          'price b': 'human_active',
        });
        if (!isKilled) break;
      }
      // Some were killed between an early decision and the end of the list.
      expect(early).toBeGreaterThan(0);
      expect(killed).toBeGreaterThan(8);
      expect(killed).toBeLessThan(MOST_WRITES);
    },
  );
});
