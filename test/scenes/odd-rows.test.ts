import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageSchema, parseResponse } from '../../src/blotato/responses.js';
import {
  acceptedSchema,
  accountSchema,
  commentSchema,
  conversationSchema,
  messageSchema,
} from '../../src/blotato/schemas.js';
import { COMMENT, CONVERSATION, MESSAGE } from '../blotato/server.js';
import { aProgram, type Row } from './program.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "20 EUR.", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is.", once_per: false }
`;
const MESSAGES = '/v2/messages';

/** Damages the rows that say `odd`. */
function damaging(damage: (row: Row) => unknown) {
  return (_path: string, rows: readonly Row[]): readonly Row[] =>
    rows.map((row) => (String(row.text).includes('odd') ? (damage(row) as Row) : row));
}

describe('a row that violates the API description', { timeout: 90_000 }, () => {
  it.each<[string, (row: Row) => unknown, string]>([
    ['its time is null', (row) => ({ ...row, createdAt: null }), '`createdAt` is null'],
    ['it has no id', ({ id: _id, ...row }) => row, '`id` is missing'],
    ['its text is an object', (row) => ({ ...row, text: {} }), '`text` is an object'],
    ['its platform is null', (row) => ({ ...row, platform: null }), '`platform` is null'],
    ['it is null', () => null, 'the row is null'],
  ])('because %s affects no other row, and is journalled once as `unreadable`', async (_, damage, detail) => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, odd' });
    sandbox.receive({ account: 'shop-fb', contact: 'bo', text: 'price, fine' });
    relay.rows = damaging(damage);
    await program.poll();
    await program.poll();
    expect(sandbox.sends().map((send) => send.recipientId)).toEqual(['bo']);
    const odd = (await program.journal()).filter((row) => row.reason === 'unreadable');
    expect(odd.map((row) => row.detail)).toEqual([detail]);
  });

  it('is decided when the API lists it as described', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, odd' });
    relay.rows = damaging((row) => ({ ...row, createdAt: {} }));
    await program.poll();
    expect(sandbox.sends()).toEqual([]);
    relay.rows = undefined;
    await program.poll();
    await program.poll();
    expect(sandbox.sends()).toHaveLength(1);
    expect(await program.reasons()).toMatchObject({ 'price, odd': 'replied' });
  });

  it('gets a reply when the invalid field is not needed', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, odd' });
    relay.rows = damaging((row) => ({ ...row, errorCode: 'x/1', status: 9, createdAt: later(row) }));
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, odd': 'replied' });
  });
});

/** The row's time, written with an offset and microseconds. */
function later(row: Row): string {
  const at = new Date(Date.parse(String(row.createdAt)) + 2 * 3_600_000).toISOString();
  return `${at.slice(0, -1)}456+02:00`;
}

describe('an endless run of pages', { timeout: 90_000 }, () => {
  it.each<[string, (n: number) => string]>([
    ['the cursor stays the same', () => 'same'],
    ['each cursor is new', (n) => `cursor-${n}`],
  ])('(%s) ends as an error after a few reads, and nothing is decided', async (_, cursorOf) => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    let n = 0;
    relay.cursor = (path, cursor) => (path === MESSAGES ? cursorOf((n += 1)) : cursor);
    // The server returns the same page for any cursor.
    relay.forget = (path) => path === MESSAGES;
    await program.poll();
    expect(n).toBeLessThanOrEqual(4);
    expect(sandbox.sends()).toEqual([]);
    relay.cursor = undefined;
    relay.forget = undefined;
    await program.poll();
    expect(sandbox.sends()).toHaveLength(1);
  });

  it('is followed by a read from the newest page, since the cursor may remain broken', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    let asked: string | null = null;
    let isBroken = true;
    relay.refuse = (path, query) => {
      if (path === MESSAGES) asked = query.get('cursor');
      return undefined;
    };
    relay.cursor = (path, cursor) => {
      if (path !== MESSAGES) return cursor;
      // The response to the bad cursor contains it again, also when all other responses have good cursors.
      return isBroken || asked === 'bad' ? 'bad' : cursor;
    };
    relay.forget = (path) => path === MESSAGES && asked === 'bad';
    await program.poll();
    expect(sandbox.sends()).toEqual([]);
    isBroken = false;
    await program.poll();
    expect(sandbox.sends()).toHaveLength(1);
  });

  it('does not include a last page whose cursor leads to an empty one', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    let n = 0;
    relay.rows = (path, rows) => (path === MESSAGES && (n += 1) % 2 === 0 ? [] : rows);
    relay.cursor = (path, cursor) => (path === MESSAGES ? 'end' : cursor);
    relay.forget = (path) => path === MESSAGES;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    n = 0;
    await program.poll();
    expect(sandbox.sends()).toHaveLength(1);
  });
});

describe('a conversation that cannot be loaded', { timeout: 90_000 }, () => {
  it.each([403, 500, 404])('with %d delays only its own messages, until it can be read', async (status) => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    const held = sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, held' });
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'price' });
    relay.refuse = (path) => (path.endsWith(`/${held.conversationId}`) ? status : undefined);
    await program.poll();
    expect(await program.reasons()).toMatchObject({ price: 'replied', 'price, held': null });
    relay.refuse = undefined;
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, held': 'replied' });
  });
});

describe('an account under another id', { timeout: 90_000 }, () => {
  const poll = { schedule: '* * * * * *', comments: true, overlap: 0, lookback: 0 };

  async function aShopThatGoesAway() {
    const program = await aProgram({ rules: RULES, config: { poll } });
    const { sandbox } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    await program.poll();
    sandbox.trouble.reconnect('shop-ig', '77001');
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'price, away' });
    await program.poll();
    sandbox.receive({ account: 'shop-fb', contact: 'cy', text: 'price, elsewhere' });
    await program.poll();
    expect(await program.reasons()).toEqual({
      ...{ price: 'replied', 'price, elsewhere': 'replied' },
      '20 EUR.': 'own_message',
    });
    return program;
  }

  it('is read from the time when it went missing, once it is listed again', async () => {
    const program = await aShopThatGoesAway();
    const { sandbox, account } = program;
    sandbox.trouble.reconnect('shop-ig', account('shop-ig').id);
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'price, back' });
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, away': 'replied', 'price, back': 'replied' });
  });

  it('is read from the time of the new id, once the configuration has that id, in older conversations too', async () => {
    const program = await aShopThatGoesAway();
    const accounts = ['shop-ig', 'shop-fb'].map((name) => program.account(name));
    const moved = accounts.map((each) => (each.name === 'shop-ig' ? { ...each, id: '77001' } : each));
    program.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, again' });
    await program.poll({ accounts: moved });
    expect(await program.reasons()).toMatchObject({ 'price, away': 'replied', 'price, again': 'replied' });
  });

  it('between two reads of the accounts loses no messages', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay, account } = program;
    await program.poll();
    sandbox.trouble.reconnect('shop-ig', '77001');
    relay.refuse = (path) => (path === '/v2/users/me/accounts' ? 503 : undefined);
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'price, away' });
    await program.poll();
    relay.refuse = undefined;
    sandbox.trouble.reconnect('shop-ig', account('shop-ig').id);
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, away': 'replied' });
  });
});

describe('the list of our accounts', { timeout: 90_000 }, () => {
  it('is requested until it can be read; messages that arrived meanwhile are decided then', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    const accounts = [{ ...program.account('shop-ig'), nativeId: null, pageId: null }];
    relay.rows = (path, rows) =>
      path === MESSAGES ? rows.map(({ direction: _d, isAuthor: _a, ...row }) => row) : rows;
    relay.refuse = (path) => (path === '/v2/users/me/accounts' ? 503 : undefined);
    await program.poll({ accounts });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    await program.poll({ accounts });
    expect(await program.reasons()).toEqual({ price: null });
    relay.refuse = undefined;
    await program.poll({ accounts });
    expect(await program.reasons()).toMatchObject({ price: 'replied' });
  });
});

describe('randomly damaged rows', { timeout: 90_000 }, () => {
  const odd = fc.oneof(
    fc.constantFrom(undefined, null, '', 0, -1, true, [], {}, NaN, 1e300, '\u0000', '\uD800'),
    fc.jsonValue(),
  );
  const damaged = (row: object) =>
    fc
      .dictionary(fc.constantFrom(...Object.keys(row)), odd)
      .chain((change) =>
        fc.oneof(fc.constant({ ...row, ...change }), fc.constant({ ...row, ...change }), odd),
      );
  it('are journalled with a reason each, and the other rows get their replies', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    const [seed] = fc.sample(fc.integer(), 1);
    const told = `seed ${String(seed)}`;
    const samples = fc.sample(damaged(MESSAGE), { numRuns: 60, seed: seed ?? 0 });
    relay.rows = (path, rows) => {
      if (path !== MESSAGES) return rows;
      // Values are compared as JSON, which has no undefined and no NaN.
      const odd = JSON.parse(JSON.stringify(samples)) as Row[];
      return rows.flatMap((row, n) => (n === 0 ? [...odd.slice(0, 30), row, ...odd.slice(30)] : [row]));
    };
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    await program.poll();
    await program.poll();
    expect(
      sandbox.sends().map((send) => send.recipientId),
      told,
    ).toEqual(['ana']);
    const rows = await program.journal();
    expect(
      rows.filter(({ reason }) => reason === null),
      told,
    ).toEqual([]);
    expect(rows.find(({ event }) => event.text === 'price' && event.contact.id === 'ana')?.reason, told).toBe(
      'replied',
    );
  });

  const pages: [string, object, Parameters<typeof pageSchema>[0]][] = [
    ['messages', MESSAGE, messageSchema],
    ['comments', COMMENT, commentSchema],
    ['conversations', CONVERSATION, conversationSchema],
    ['accounts', { id: '1', platform: 'instagram', fullname: 'A', username: 'a' }, accountSchema],
    ['responses to sends', { id: 'm1', status: 'queued', conversationId: null }, acceptedSchema],
  ];
  it.each(pages)('of %s affect no other row, and name a field', (_, row, schema) => {
    fc.assert(
      fc.property(fc.array(damaged(row), { maxLength: 5 }), (rows) => {
        const json = JSON.stringify({ items: [row, ...rows, row] });
        const { items, unreadable } = parseResponse(pageSchema(schema), json, 'GET /v2/messages');
        expect(items.length + unreadable.length).toBe(rows.length + 2);
        expect(items[0]).toEqual(parseResponse(schema, JSON.stringify(row), 'GET /v2/messages'));
        expect(items.at(-1)).toEqual(items[0]);
        for (const each of unreadable) expect(each.problem).toMatch(/^is /u);
      }),
    );
  });
});
