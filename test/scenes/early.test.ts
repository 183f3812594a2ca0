import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/domain/reason.js';
import { HOUR, SECOND } from '../../src/domain/time.js';
import { aProgram, type Program, type Row } from './program.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "{{ message.text }}", once_per: 24h }
  - id: welcome
    on: message
    keywords: [hello]
    when: { fact: first_contact, operator: equal, value: true }
    reply: Welcome.
    once_per: false
`;
const OPTED_OUT = 'No more automatic replies.';
const PAGE = 4;
/** People who wrote before: five pages. */
const OTHERS = 20;
const MESSAGES = '/v2/messages';

interface Scene extends Program {
  /** Ana writes, this many seconds ago. */
  writes(text: string, ago: number): void;
  /** A human of the shop writes to Ana. */
  human(text: string, ago: number): void;
  /** Called when the first page of the list is requested that can contain nothing of the scene. */
  atPage: { two: () => void };
}

interface Case {
  readonly when: string;
  readonly set: (scene: Scene) => void;
  /** Replies that leave although the fourth page of the list cannot be read. */
  readonly early: readonly string[];
  /** Replies once the list is complete. */
  readonly finally: readonly string[];
  readonly reasons: Readonly<Record<string, Reason>>;
}

const isAlone = (path: string, query: URLSearchParams) => path === MESSAGES && query.has('conversationId');

/** Changes the rows of a conversation that is read alone. */
const alone =
  (change: (rows: readonly Row[]) => readonly Row[]): NonNullable<Program['relay']['rows']> =>
  (path, rows, query) =>
    isAlone(path, query) ? change(rows) : rows;

const NEVER_TWICE = { early: [], finally: ['price a'], reasons: { 'price a': 'replied' } } as const;

const CASES: readonly Case[] = [
  {
    when: 'wrote once',
    set: ({ writes }) => writes('price a', 1),
    early: ['price a'],
    finally: ['price a'],
    reasons: { 'price a': 'replied' },
  },
  {
    when: 'wrote before as well, on a page that is not read yet',
    set({ writes }) {
      writes('price a', 99);
      writes('price b', 1);
    },
    early: ['price a'],
    finally: ['price a'],
    reasons: { 'price a': 'replied', 'price b': 'cooldown' },
  },
  {
    when: 'got an answer of a human, on a page that is not read yet',
    set({ writes, human }) {
      human('Hello Ana, 25 EUR for you.', 99);
      writes('price a', 1);
    },
    early: [],
    finally: [],
    reasons: { 'price a': 'human_active' },
  },
  {
    when: 'got an answer of a human, on the first page',
    set({ writes, human }) {
      writes('price a', 2);
      human('Hello Ana, 25 EUR for you.', 1);
    },
    early: [],
    finally: [],
    reasons: { 'price a': 'human_active' },
  },
  {
    when: 'gets an answer of a human while the list is read',
    set({ writes, human, atPage }) {
      writes('price a', 1);
      atPage.two = () => human('Hello Ana, 25 EUR for you.', 0);
    },
    early: [],
    finally: [],
    reasons: { 'price a': 'human_active' },
  },
  {
    when: 'writes again while the list is read',
    set({ writes, atPage }) {
      writes('price a', 1);
      atPage.two = () => writes('price b', 0);
    },
    early: ['price a'],
    finally: ['price a'],
    reasons: { 'price a': 'replied', 'price b': 'cooldown' },
  },
  {
    when: 'opted out, on a page that is not read yet',
    set({ writes }) {
      writes('stop', 99);
      writes('price a', 1);
    },
    early: [OPTED_OUT],
    finally: [OPTED_OUT],
    reasons: { stop: 'replied', 'price a': 'opted_out' },
  },
  {
    when: 'is no first contact, by a page that is not read yet',
    set({ writes }) {
      writes('thanks', 99);
      writes('hello', 1);
    },
    early: [],
    finally: [],
    reasons: { thanks: 'no_match', hello: 'no_match' },
  },
  {
    when: 'wrote more than two pages',
    set({ writes }) {
      for (let n = 0; n <= 2 * PAGE; n += 1) writes(`price ${n}`, 99 - n * 11);
    },
    early: [],
    finally: ['price 0'],
    reasons: { 'price 0': 'replied', 'price 8': 'cooldown' },
  },
  {
    when: 'has a conversation that cannot be read alone',
    set({ writes, relay }) {
      writes('price a', 1);
      const before = relay.refuse;
      relay.refuse = (path, query) => (isAlone(path, query) ? 500 : before?.(path, query));
    },
    ...NEVER_TWICE,
  },
  {
    when: 'has a conversation whose list has rows of another one',
    set({ writes, relay }) {
      writes('price a', 1);
      relay.rows = alone((rows) =>
        rows.map((row, n) => (n === 0 ? { ...row, conversationId: 'other' } : row)),
      );
    },
    ...NEVER_TWICE,
  },
  {
    when: 'has a conversation whose list lacks a message that was read before',
    set({ writes, relay }) {
      writes('price a', 1);
      relay.rows = alone(() => []);
    },
    ...NEVER_TWICE,
  },
  {
    when: 'has a conversation whose list has a damaged row',
    set({ writes, relay }) {
      writes('price a', 1);
      relay.rows = alone((rows) => [{ id: 'broken', createdAt: null }, ...rows]);
    },
    ...NEVER_TWICE,
  },
];

/** A program that has read its lists, which end with messages that are older than its start. */
async function aStart(): Promise<Program> {
  const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: PAGE } });
  const old = { account: 'shop-ig', contact: 'old', text: 'long ago' };
  for (const hours of [1, 2, 3]) program.sandbox.receive({ ...old, at: Date.now() - hours * HOUR });
  await program.poll();
  return program;
}

/** Counts the pages of the list, without those of single conversations, and lets the fourth fail. */
async function aScene(set: Case['set']) {
  const program = await aStart();
  const { sandbox, relay } = program;
  const now = Date.now();
  for (let n = 0; n < OTHERS; n += 1)
    sandbox.receive({
      account: 'shop-ig',
      contact: `other-${n}`,
      text: `other ${n}`,
      at: now - 95 * SECOND + n,
    });
  const list = { pages: 0, fails: true };
  const atPage: Scene['atPage'] = { two: () => undefined };
  relay.refuse = (path, query) => {
    if (path !== MESSAGES || !query.has('limit') || query.has('conversationId')) return undefined;
    list.pages += 1;
    if (list.pages === 2) atPage.two();
    return list.fails && list.pages > 3 ? 503 : undefined;
  };
  const said = (text: string, ago: number) => ({
    account: 'shop-ig',
    contact: 'ana',
    text,
    ...(ago === 0 ? {} : { at: now - ago * SECOND }),
  });
  set({
    ...program,
    atPage,
    writes: (text, ago) => void sandbox.receive(said(text, ago)),
    human: (text, ago) => void sandbox.humanWrites(said(text, ago)),
  });
  return { program, list, texts: () => sandbox.sends().map(({ text }) => text) };
}

describe('while a long list is read', { timeout: 90_000 }, () => {
  it.each(CASES)(
    'the freshest contact who $when gets the same replies as after it, and each once',
    async (each) => {
      const { program, list, texts } = await aScene(each.set);
      await program.poll();
      expect(texts()).toEqual(each.early);
      list.fails = false;
      await program.poll();
      await program.poll();
      expect(texts()).toEqual(each.finally);
      const reasons = await program.reasons();
      expect(reasons).toMatchObject(each.reasons);
      for (let n = 0; n < OTHERS; n += 1) expect(reasons[`other ${n}`]).toBe('no_match');
    },
  );

  it('the first reply leaves before the last page is requested, and few conversations are read alone', async () => {
    const { program, list, texts } = await aScene(({ writes }) => writes('price a', 1));
    let [atReply, alone] = [0, 0];
    program.sandbox.fault(({ method, path }) => {
      if (method === 'POST' && path === MESSAGES) atReply ||= list.pages;
      return 'none';
    });
    const { refuse } = program.relay;
    program.relay.refuse = (path, query) => {
      if (isAlone(path, query)) alone += 1;
      return refuse?.(path, query);
    };
    await program.poll();
    expect(texts()).toEqual(['price a']);
    // The pages that were requested, of six: the fourth failed.
    expect(atReply).toBeGreaterThan(0);
    expect(atReply).toBeLessThanOrEqual(4);
    // Four conversations, each with an empty page at its end, and the read-back of the send.
    expect(alone).toBeLessThanOrEqual(2 * 4 + 1);
    list.fails = false;
    const before = list.pages;
    await program.poll();
    expect(list.pages - before).toBe(3);
    expect(texts()).toEqual(['price a']);
  });

  it('a list of two pages is read without reading conversations alone', async () => {
    const program = await aStart();
    const at = Date.now() - SECOND;
    for (let n = 0; n < 2 * PAGE - 3; n += 1)
      program.sandbox.receive({ account: 'shop-ig', contact: `other-${n}`, text: `other ${n}`, at: at + n });
    let alone = 0;
    program.relay.refuse = (path, query) => void (alone += isAlone(path, query) ? 1 : 0);
    await program.poll();
    expect(alone).toBe(0);
    const reasons = await program.reasons();
    for (let n = 0; n < 2 * PAGE - 3; n += 1) expect(reasons[`other ${n}`]).toBe('no_match');
  });
});
