import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { settlingFor } from '../../src/actions/decide/settling.js';
import { decideEvent } from '../../src/actions/decide/decide-event.js';
import type { InboundEvent } from '../../src/domain/event.js';
import type { Rule } from '../../src/domain/rule.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { parseRules } from '../../src/rules/parse.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import type { Settling } from '../../src/engine/settle.js';
import { HOUR, SECOND } from '../../src/domain/time.js';
import { blotatoClient } from '../../src/blotato/client.js';
import { messageSource } from '../../src/poller/messages.js';
import { createSeen } from '../../src/poller/seen.js';
import type { Source } from '../../src/poller/source.js';
import { pollCycle } from '../../src/poller/cycle.js';
import { walk } from '../../src/poller/walk.js';
import { LIMITS } from '../../src/domain/limits.js';
import { startSandbox } from '../../src/sandbox/server.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aConfig, anEvent, aRule, TUESDAY } from '../builders.js';
import { knownTo } from '../store/known.js';
import { SETTLED, type Fragment, SETTLE_RULES } from '../vectors/settle.js';
import { openCopied } from '../store/template.js';
import { PATIENCE } from '../patience.js';

describe('deciding the events of a poll', () => {
  let folder: string;
  let store: Store;
  /** The number of decisions in each commit. */
  let commits: number[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'turn-'));
    const opened = openCopied(join(folder, 'turn.db'), () => TUESDAY);
    commits = [];
    store = {
      ...opened,
      recordDecisions: (decided) => {
        commits.push(decided.length);
        return opened.recordDecisions(decided);
      },
    };
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  async function reasonsOf(
    rules: readonly Rule[],
    events: readonly InboundEvent[],
    isOver?: () => boolean,
  ): Promise<(string | null)[]> {
    for (const event of events) {
      await store.recordPage(
        event.kind === 'message' ? 'messages' : 'comments',
        [{ event, beforeStart: false }],
        null,
      );
    }
    const config = aConfig();
    const set = compileSet(rules, [], () => null);
    const accounts = new Map(config.accounts.map((each) => [each.name, each]));
    const settings = { mode: 'live', accounts, guards: config.guards, optOut: config.guards.optOut } as const;
    const { decided, hasMore } = await pollCycle({
      store,
      isOver,
      known: await knownTo(store),
      seen: createSeen(),
      streams: [],
      signal: new AbortController().signal,
      clock: () => TUESDAY,
      apiNow: () => TUESDAY,
      settings: config.poll,
      window: { answers: config.guards.perContact.per, mode: 'live' },
      answer: (event, known) => decideEvent(event, known, set, settings),
      expire: () => Promise.resolve(),
      onDecision: () => undefined,
      onReadError: () => undefined,
      onEnded: () => undefined,
      nextPoll: () => 0,
    });
    expect(hasMore).toBe(decided < events.length);
    const rows = await store.journal({ limit: 1000 });
    return events.map(({ id }) => rows.find((row) => row.event.id === id)?.reason ?? null);
  }

  const from = (person: string, n: number, more: Partial<InboundEvent> = {}) =>
    anEvent({
      sourceId: `m${n}`,
      at: TUESDAY - 1000 + n,
      contact: { id: person, name: null, username: null },
      ...more,
    });

  it('commits the decisions of many people together', async () => {
    const reasons = await reasonsOf(
      [aRule()],
      Array.from({ length: 50 }, (_, n) => from(`person-${n}`, n)),
    );
    expect(new Set(reasons)).toEqual(new Set(['queued']));
    expect(commits).toEqual([50]);
  });

  it('replies once to a person who wrote twice before a poll', async () => {
    const events = [from('ana', 1), from('ben', 2), from('ana', 3), from('ana', 4)];
    expect(await reasonsOf([aRule()], events)).toEqual(['queued', 'queued', 'cooldown', 'cooldown']);
    // Only the messages of the contact who got a reply wait for its commit.
    expect(commits).toEqual([2, 2]);
  });

  it('commits some dozens at a time also when each person wrote several messages', async () => {
    const events = Array.from({ length: 120 }, (_, n) => from(`person-${Math.floor(n / 3)}`, n));
    const reasons = await reasonsOf([aRule()], events);
    expect(reasons).toEqual(events.map((_, n) => (n % 3 === 0 ? 'queued' : 'cooldown')));
    expect(commits).toEqual([40, 64, 16]);
  });

  it('sends nothing to a person who opted out one message before', async () => {
    const events = [from('ana', 1, { text: 'stop' }), from('ana', 2)];
    expect(await reasonsOf([aRule()], events)).toEqual(['queued', 'opted_out']);
  });

  it('sends one private reply per comment, no matter who is read as its author', async () => {
    const guide = aRule({
      on: 'comment',
      actions: [{ type: 'private_reply', reply: { texts: ['Here.'], delay: null } }],
    });
    const comment = { ...aComment().comment!, platformCommentId: 'p1' };
    const events = [1, 2].map((n) =>
      aComment({
        sourceId: `k${n}`,
        text: 'price',
        comment,
        contact: { id: `person-${n}`, name: null, username: null },
      }),
    );
    expect(await reasonsOf([guide], events)).toEqual(['queued', 'private_reply_used']);
  });

  it('decides the events of a contact in order although one waits for a comment of somebody else', async () => {
    const guide = aRule({
      on: 'comment',
      actions: [{ type: 'private_reply', reply: { texts: ['Here.'], delay: null } }],
    });
    const by = (person: string, n: number, platformCommentId: string) =>
      aComment({
        sourceId: `k${n}`,
        at: TUESDAY - 1000 + n,
        text: 'price',
        comment: { ...aComment().comment!, platformCommentId },
        contact: { id: person, name: null, username: null },
      });
    const events = [by('ben', 1, 'shared'), by('ben', 2, 'own'), by('ana', 3, 'shared')];
    expect(await reasonsOf([guide], events)).toEqual(['private_reply_used', 'queued', 'queued']);
    expect(commits).toEqual([1, 2]);
  });

  it('begins no further decision when its time is over, but always one', async () => {
    const events = [1, 2, 3].map((n) => from(`person-${n}`, n));
    // The database is so slow that one decision takes the whole time of the cycle.
    expect(await reasonsOf([aRule()], events, () => true)).toEqual([null, null, 'queued']);
    expect(commits).toEqual([1]);
  });

  it('commits some dozens at a time, so that a crash loses little work', async () => {
    await reasonsOf(
      [aRule()],
      Array.from({ length: 150 }, (_, n) => from(`person-${n}`, n)),
    );
    expect(commits).toEqual([64, 64, 22]);
  });
});

describe('messages that settle', () => {
  let folder: string;
  let now = TUESDAY;
  const open = () => openCopied(join(folder, 'settle.db'), () => now);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settle-'));
    now = TUESDAY;
    observed = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const config = aConfig();
  const context = {
    ...{ accounts: config.accounts, calendars: [], checkTemplate: () => [], checkKeyword },
  };
  const parsed = parseRules(SETTLE_RULES, 'rules.yaml', context);
  const set = compileSet(parsed.ok ? parsed.value.rules : [], [], () => null);
  const accounts = new Map(config.accounts.map((each) => [each.name, each]));
  const settings = { mode: 'live', accounts, guards: config.guards, optOut: config.guards.optOut } as const;
  const settling = (): Settling => settlingFor(set, settings);

  /** Each decision that observers received, in order. */
  let observed: string[] = [];

  const eventOf = ({ at, text, from = 'ana' }: Fragment): InboundEvent =>
    anEvent({
      sourceId: `${from}-${at}`,
      text,
      at: TUESDAY + at * SECOND,
      conversationId: `c-${from}`,
      contact: { id: from, name: null, username: null },
    });

  async function cycle(store: Store): Promise<void> {
    await pollCycle({
      ...{ store, settling, known: await knownTo(store), seen: createSeen(), streams: [] },
      ...{ signal: new AbortController().signal, clock: () => now, apiNow: () => now },
      ...{ settings: config.poll, window: { answers: config.guards.perContact.per, mode: 'live' } },
      answer: (event, known) => decideEvent(event, known, set, settings),
      expire: () => Promise.resolve(),
      onDecision: ({ id }) => void observed.push(id),
      ...{ onReadError: () => undefined, onEnded: () => undefined, nextPoll: () => 0 },
    });
  }

  async function rowsOf(store: Store, fragments: readonly Fragment[]) {
    const rows = await store.journal({ limit: 100 });
    return fragments.map((fragment) => {
      const row = rows.find(({ event }) => event.id === eventOf(fragment).id);
      return { ...fragment, reason: row?.reason, decided: ((row?.decidedAt ?? NaN) - TUESDAY) / SECOND };
    });
  }

  const read = (store: Store, fragments: readonly Fragment[]) =>
    store.recordPage(
      'messages',
      fragments.map((each) => ({ event: eventOf(each), beforeStart: false })),
      null,
    );

  it.each(Object.entries(SETTLED))('%s', async (_, fragments) => {
    const store = open();
    for (let second = 0; second <= 130; second += 1) {
      now = TUESDAY + second * SECOND;
      await read(
        store,
        fragments.filter(({ at }) => at === second),
      );
      if ((await knownTo(store)).settlesAt !== null || fragments.some(({ at }) => at === second))
        await cycle(store);
    }
    expect(await rowsOf(store, fragments)).toEqual(fragments);
    expect(await store.undecided(10)).toEqual([]);
    await store.close();
  });

  it.each(Object.entries(SETTLED))(
    'are logged and counted once each when all are read late: %s',
    async (_, late) => {
      const store = open();
      now = TUESDAY + 3600 * SECOND;
      await read(store, late);
      await cycle(store);
      expect([...observed].sort()).toEqual(late.map((each) => eventOf(each).id).sort());
      expect(await store.undecided(10)).toEqual([]);
      await store.close();
    },
  );

  it('are decided in the same way when all are read late', async () => {
    const store = open();
    const late = SETTLED['a message after a pause is another question'] ?? [];
    now = TUESDAY + 3600 * SECOND;
    await read(store, late);
    await cycle(store);
    expect(await rowsOf(store, late)).toEqual(late.map((each) => ({ ...each, decided: 3600 })));
    await store.close();
  });

  it('survive a crash in the store, and get one reply', async () => {
    const question = SETTLED['a question in three messages'] ?? [];
    for (const fragment of question) {
      now = TUESDAY + fragment.at * SECOND;
      const store = open();
      await read(store, [fragment]);
      await cycle(store);
      expect((await store.journal({ limit: 10 })).map(({ reason }) => reason)).not.toContain('queued');
      await store.close();
    }
    now = TUESDAY + 29 * SECOND;
    const store = open();
    await cycle(store);
    expect(await rowsOf(store, question)).toEqual(question);
    expect(await store.sends({ limit: 10 })).toMatchObject([{ text: '20 EUR.', eventId: 'message:ana-9' }]);
    const [last] = await store.journal({ limit: 1, events: ['message:ana-9'] });
    expect(last?.trace).toMatchObject({ text: 'hi what is the price?' });
    await store.close();
  });
});

/** A list of messages, one on each page, the newest first. */
function aList(pages: number) {
  const eventAt = (n: number) => anEvent({ sourceId: `m${n}`, at: TUESDAY - n * SECOND });
  const rowAt = (n: number) => {
    const { sourceId: id, platform, at, conversationId } = eventAt(n);
    const delivery = {
      route: 'POST /v2/messages',
      messageId: id,
      status: 'delivered',
      refusal: null,
    } as const;
    return { id, platform, at, delivery: { ...delivery, conversationId }, n };
  };
  const source: Source<ReturnType<typeof rowAt>> = {
    resource: 'messages',
    kind: 'message',
    page: async (_, token) => {
      const n = token === null ? 1 : Number(token);
      return { rows: [rowAt(n)], unreadable: [], pageToken: n < pages ? String(n + 1) : null };
    },
    toEvents: async (rows, isBeforeStart) =>
      rows.map((row) => ({ event: eventAt(row.n), beforeStart: isBeforeStart(row) })),
    toUnreadable: async () => null,
  };
  return source;
}

/** Dependencies of a walk of a list, besides its store. */
function walkParts() {
  return {
    seen: createSeen(),
    settings: { overlap: SECOND, lookback: HOUR },
    clock: () => TUESDAY,
    apiNow: () => TUESDAY,
    onEnded: () => undefined,
    signal: new AbortController().signal,
  };
}

it('a first start with lookback is stored page by page, past the page limit of one poll', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'first-'));
  const store = openCopied(join(folder, 'first.db'), () => TUESDAY);
  const pages = LIMITS.pagesPerWalk + 10;
  const source = aList(pages);
  const said: number[] = [];
  const sizes: number[] = [];
  const start = async (of: typeof source) =>
    walk(of, ['instagram'], {
      store: {
        ...store,
        recordPage: async (...told) => {
          sizes.push(told[1].length);
          return store.recordPage(...told);
        },
      },
      known: await knownTo(store),
      ...walkParts(),
      onLongStart: (_, read) => said.push(read),
    });
  const fails: typeof source = {
    ...source,
    page: async (platforms, token, signal) => {
      if (token === '4') throw new Error('cut off');
      return source.page(platforms, token, signal);
    },
  };
  await expect(start(fails)).rejects.toThrow('cut off');
  // A first start is stored page by page, so that a long lookback needs little memory; nothing is decided
  // before it is complete.
  expect(sizes).toEqual([1, 1, 1]);
  expect(await store.undecided(10)).toEqual([]);
  const walked = await start(source);
  expect(sizes.every((size) => size <= 1)).toBe(true);
  expect(walked.added).toBe(pages - 3);
  expect(said).toEqual([LIMITS.pagesPerWalk]);
  expect((await store.journal({ limit: 1_000 })).some(({ event }) => event.sourceId === `m${pages}`)).toBe(
    true,
  );
  await store.close();
  rmSync(folder, { recursive: true });
});

it('the conversations of very many people are read from their list, not one by one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'many-'));
  const store = openCopied(join(folder, 'many.db'), () => TUESDAY);
  const sandbox = await startSandbox({ limits: null });
  const throttle = { take: async () => undefined, holdUntil: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: 'sandbox-key', clock: Date.now, throttle });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  // One page more than the poller reads of conversations for one page of messages.
  const people = (LIMITS.conversationPages + 1) * LIMITS.pageSize;
  for (let n = 0; n < people; n += 1)
    sandbox.receive({ account: 'shop-ig', contact: `person-${n}`, text: 'price?', at: TUESDAY + n });
  const accounts = new Map(aConfig().accounts.map((each) => [each.id, each]));
  const source = messageSource({ store, client, accounts, usernameOf: () => 'lumen.shop' });
  const { signal } = new AbortController();
  const found: (string | null)[] = [];
  let pageToken: string | null = null;
  const lists = () =>
    Object.values(sandbox.calls()['GET /v2/conversations'] ?? {}).reduce((a, b) => a + b, 0);
  do {
    const page = await source.page(['instagram'], pageToken, signal);
    const events = await source.toEvents(page.rows, () => false, signal);
    // The next page of the list is requested ahead, and each page once.
    const pages = found.length / LIMITS.pageSize + 2;
    await vi.waitFor(() => expect(lists()).toBe(pages), PATIENCE);
    found.push(...events.map(({ event }) => event.account));
    pageToken = page.pageToken;
  } while (pageToken !== null && found.length < people);
  expect(found).toHaveLength(people);
  expect(new Set(found)).toEqual(new Set(['shop-ig']));
  expect(sandbox.calls()['GET /v2/conversations/{conversationId}']).toBeUndefined();
});

it('a poll reads the next page of a backlog, and makes events of it, while it stores the page before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahead-'));
  const store = openCopied(join(folder, 'ahead.db'), () => TUESDAY);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const watermarks = new Map([['instagram', TUESDAY - HOUR] as const]);
  await store.endPoll([{ resource: 'messages', watermarks, at: TUESDAY }], TUESDAY, TUESDAY);
  const source = aList(3);
  const taken: (() => void)[] = [];
  const isTaken = [1, 2, 3].map((n) => new Promise<void>((resolve) => (taken[n] = resolve)));
  const tokens: (string | null)[] = [];
  let [made, stored] = [0, 0];
  const walked = await walk(
    {
      ...source,
      page: async (platforms, token, signal) => {
        tokens.push(token);
        return source.page(platforms, token, signal);
      },
      toEvents: async (...rows) => {
        taken[(made += 1)]?.();
        return source.toEvents(...rows);
      },
    },
    ['instagram'],
    {
      ...walkParts(),
      store: {
        ...store,
        recordPage: async (...told) => {
          stored += 1;
          await isTaken[Math.min(stored, 2)];
          return store.recordPage(...told);
        },
      },
      known: await knownTo(store),
    },
  );
  expect(tokens).toEqual([null, '2', '3']);
  expect(walked.added).toBe(3);
});
