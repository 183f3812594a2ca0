import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { aProgram, type Program } from './program.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "{{ message.text }}: 20 EUR.", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is.", once_per: false }
`;
/** Rules by which only the first message of a person gets a reply. */
const FIRST_ONLY = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "{{ message.text }}", once_per: 24h }
`;
const MESSAGES = 'GET /v2/messages';
const CONVERSATION = 'GET /v2/conversations/{conversationId}';
const CONVERSATIONS = 'GET /v2/conversations';

/** Lets every n-th call of the list fail, beginning with the given one. */
function failPage({ sandbox }: Program, page: number): void {
  let pages = 0;
  sandbox.fault(({ method, path }) => {
    if (method !== 'GET' || path !== '/v2/messages') return 'none';
    pages += 1;
    return pages === page ? 'error_500_before' : 'none';
  });
}

function answered(sandbox: Sandbox): string[] {
  return sandbox.sends().map((send) => send.text);
}

describe('a walk that is cut short', { timeout: 90_000 }, () => {
  it('decides nothing until it is complete, resumes where it stopped, and replies to the oldest message first', async () => {
    const program = await aProgram({ rules: FIRST_ONLY, sandbox: { pageSizeMost: 2 } });
    const { sandbox } = program;
    await program.poll();
    const now = Date.now();
    for (let n = 1; n <= 8; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: `price ${n}`, at: now - (9 - n) * SECOND });
    }
    failPage(program, 3);
    await program.poll();
    expect(answered(sandbox)).toEqual([]);
    expect(await program.reasons()).toEqual({
      'price 8': null,
      'price 7': null,
      'price 6': null,
      'price 5': null,
    });

    sandbox.fault(null);
    const before = program.calls(MESSAGES);
    await program.poll();
    expect(answered(sandbox)).toEqual(['price 1']);
    expect(await program.reasons()).toMatchObject({
      'price 1': 'replied',
      'price 2': 'cooldown',
      'price 8': 'cooldown',
    });
    // Two pages were left. Two reads of the conversation alone found more than they may read, and the read-back after
    // the send adds one.
    expect(program.calls(MESSAGES) - before).toBeLessThanOrEqual(5);
  });

  it('is followed by a poll that reads the messages that arrived meanwhile', async () => {
    const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: 2 } });
    const { sandbox } = program;
    await program.poll();
    const now = Date.now();
    for (let n = 1; n <= 6; n += 1) {
      sandbox.receive({
        account: 'shop-ig',
        contact: `p${n}`,
        text: `price ${n}`,
        at: now - (9 - n) * SECOND,
      });
    }
    failPage(program, 3);
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'p7', text: 'price 7' });
    sandbox.fault(null);
    await program.poll();
    await program.poll();
    expect(answered(sandbox).sort()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `price ${n}: 20 EUR.`));
  });

  it('restarts when the API no longer accepts its resume token, and decides nothing before it is complete', async () => {
    const program = await aProgram({ rules: FIRST_ONLY, sandbox: { pageSizeMost: 2 } });
    const { sandbox, relay } = program;
    await program.poll();
    const now = Date.now();
    for (let n = 1; n <= 6; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: `price ${n}`, at: now - (9 - n) * SECOND });
    }
    relay.refuse = (path, query) => (path === '/v2/messages' && query.has('cursor') ? 422 : undefined);
    await program.poll();
    await program.poll();
    expect(answered(sandbox)).toEqual([]);
    expect(await program.reasons()).toEqual({ 'price 6': null, 'price 5': null });

    // The API refuses the stored resume token, and accepts other cursors.
    let isFirst = true;
    relay.refuse = (path, query) => {
      if (path !== '/v2/messages' || !query.has('cursor') || !isFirst) return undefined;
      isFirst = false;
      return 422;
    };
    await program.poll();
    expect(answered(sandbox)).toEqual(['price 1']);
    expect(Object.keys(await program.reasons())).toHaveLength(6);
  });

  it('continues past a message that was deleted at its resume token', async () => {
    const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: 2 } });
    const { sandbox } = program;
    await program.poll();
    const now = Date.now();
    const written = [1, 2, 3, 4, 5, 6].map((n) => {
      return sandbox.receive({
        account: 'shop-ig',
        contact: `p${n}`,
        text: `price ${n}`,
        at: now - (9 - n) * SECOND,
      });
    });
    failPage(program, 3);
    await program.poll();
    sandbox.fault(null);
    // The page token names the third message, which is the last row of the second page.
    sandbox.world.deleteMessage(written[2]!.id);
    await program.poll();
    expect(answered(sandbox).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `price ${n}: 20 EUR.`));
  });

  it('is not decided before it is complete when a platform is added meanwhile', async () => {
    const program = await aProgram({ rules: FIRST_ONLY, sandbox: { pageSizeMost: 2 } });
    const { sandbox } = program;
    const accounts = [program.account('shop-ig')];
    await program.poll({ accounts });
    const now = Date.now();
    for (let n = 1; n <= 6; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: `price ${n}`, at: now - (9 - n) * SECOND });
    }
    failPage(program, 3);
    await program.poll({ accounts });
    sandbox.fault(null);
    program.relay.refuse = (path, query) => {
      return path === '/v2/messages' && query.getAll('platform').includes('instagram') ? 503 : undefined;
    };
    await program.poll();
    expect(answered(sandbox)).toEqual([]);
    program.relay.refuse = undefined;
    await program.poll();
    expect(answered(sandbox)).toEqual(['price 1']);
  });
});

describe('the watermark', { timeout: 90_000 }, () => {
  it('survives the deletion of its message', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox } = program;
    const last = sandbox.receive({
      account: 'shop-ig',
      contact: 'old',
      text: 'price, before',
      at: Date.now() - HOUR,
    });
    await program.poll();
    sandbox.world.deleteMessage(last.id);
    sandbox.receive({ account: 'shop-ig', contact: 'new', text: 'price, after' });
    await program.poll();
    expect(answered(sandbox)).toEqual(['price, after: 20 EUR.']);
  });

  it('of a platform that was added later starts at that time: its history gets no replies, the others continue', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox } = program;
    const accounts = [program.account('shop-ig')];
    await program.poll({ accounts });
    sandbox.receive({
      account: 'shop-x',
      contact: 'x-old',
      text: 'price, on X, long ago',
      at: Date.now() - 3 * DAY,
    });
    sandbox.receive({
      account: 'shop-x',
      contact: 'x-late',
      text: 'price, on X, just before',
      at: Date.now() - SECOND,
    });
    sandbox.receive({ account: 'shop-ig', contact: 'ig-ana', text: 'price, on Instagram' });
    await program.poll();
    expect(answered(sandbox)).toEqual(['price, on Instagram: 20 EUR.']);
    expect(await program.reasons()).toMatchObject({ 'price, on X, just before': 'too_old' });

    sandbox.receive({ account: 'shop-x', contact: 'x-new', text: 'price, on X, now' });
    await program.poll();
    expect(answered(sandbox)).toEqual(['price, on Instagram: 20 EUR.', 'price, on X, now: 20 EUR.']);
  });

  it('of a quiet platform does not make polls read the history of a busy one', async () => {
    const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: 5 } });
    const { sandbox } = program;
    const now = Date.now();
    sandbox.receive({ account: 'shop-fb', contact: 'quiet', text: 'a year ago', at: now - 365 * DAY });
    for (let n = 1; n <= 100; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: `busy${n}`, text: `chatter ${n}`, at: now - n * HOUR });
    }
    const accounts = [program.account('shop-fb'), program.account('shop-ig')];
    await program.poll({ accounts });
    for (let polls = 0; polls < 3; polls += 1) {
      const before = program.calls(MESSAGES);
      sandbox.receive({ account: 'shop-ig', contact: 'busy1', text: `more chatter ${polls}` });
      await program.poll({ accounts });
      expect(program.calls(MESSAGES) - before).toBe(1);
    }
    // Messages of the quiet platform are still read.
    sandbox.receive({ account: 'shop-fb', contact: 'quiet', text: 'price, after a year' });
    await program.poll({ accounts });
    expect(answered(sandbox)).toEqual(['price, after a year: 20 EUR.']);
  });

  it('of a quiet platform that is added later does not make the next poll read the history of a busy one', async () => {
    const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: 5 } });
    const { sandbox } = program;
    const now = Date.now();
    sandbox.receive({ account: 'shop-x', contact: 'quiet', text: 'a year ago', at: now - 365 * DAY });
    for (let n = 1; n <= 100; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: `busy${n}`, text: `chatter ${n}`, at: now - n * HOUR });
    }
    await program.poll({ accounts: [program.account('shop-ig')] });
    const accounts = [program.account('shop-ig'), program.account('shop-x')];
    await program.poll({ accounts });
    const before = program.calls(MESSAGES);
    await program.poll({ accounts });
    expect(program.calls(MESSAGES) - before).toBe(1);
  });

  it.each(['on a first start', 'later'])(
    'does not skip later messages because of a row dated in the future, %s',
    async (when) => {
      const program = await aProgram({ rules: RULES });
      const { sandbox } = program;
      const now = Date.now();
      sandbox.receive({
        account: 'shop-ig',
        contact: 'old',
        text: 'price, before the start',
        at: now - 90 * SECOND,
      });
      if (when === 'later') await program.poll();
      sandbox.receive({
        account: 'shop-ig',
        contact: 'future',
        text: 'hello from the future',
        at: now + 5 * DAY,
      });
      await program.poll();
      sandbox.receive({ account: 'shop-ig', contact: 'new', text: 'price, now' });
      await program.poll();
      await program.poll();
      expect(answered(sandbox)).toEqual(['price, now: 20 EUR.']);
      expect(await program.reasons()).toMatchObject({ 'price, before the start': 'too_old' });
    },
  );
});

describe('an API with a clock offset', { timeout: 90_000 }, () => {
  const OFFSETS = [
    { how: 'ten minutes ahead', offset: 10 * MINUTE },
    { how: 'ten minutes behind', offset: -10 * MINUTE },
  ];

  it.each(OFFSETS)('($how) gets no replies to history and loses no new message', async ({ offset }) => {
    const clock = () => Date.now() + offset;
    const program = await aProgram({ rules: RULES, sandbox: { clock } });
    const { sandbox } = program;
    program.relay.clock = clock;
    for (const ago of [SECOND, 90 * SECOND, 3 * MINUTE, 11 * MINUTE, HOUR]) {
      sandbox.receive({
        account: 'shop-ig',
        contact: `old${ago}`,
        text: `price ${ago} ago`,
        at: clock() - ago,
      });
    }
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'new', text: 'price, now' });
    sandbox.receive({ account: 'shop-ig', contact: 'late', text: 'price, late', at: clock() - MINUTE });
    sandbox.receive({ account: 'shop-x', contact: 'x', text: 'price, on an empty list' });
    await program.poll();
    await program.poll();
    expect(answered(sandbox).sort()).toEqual([
      'price, late: 20 EUR.',
      'price, now: 20 EUR.',
      'price, on an empty list: 20 EUR.',
    ]);
  });

  it.each(OFFSETS)("($how) has its lookback measured by the API's clock", async ({ offset }) => {
    const clock = () => Date.now() + offset;
    const poll = { schedule: '* * * * * *', comments: true, overlap: 2 * MINUTE, lookback: 30 * MINUTE };
    const program = await aProgram({ rules: RULES, config: { poll }, sandbox: { clock } });
    program.relay.clock = clock;
    for (const minutes of [25, 35]) {
      const at = clock() - minutes * MINUTE;
      program.sandbox.receive({ account: 'shop-ig', contact: `p${minutes}`, text: `price ${minutes}`, at });
    }
    await program.poll();
    await program.poll();
    expect(answered(program.sandbox)).toEqual(['price 25: 20 EUR.']);
  });

  it('gets no replies to history when only its rows are ahead and its `Date` is not', async () => {
    const clock = () => Date.now() + 10 * MINUTE;
    const program = await aProgram({ rules: RULES, sandbox: { clock } });
    const { sandbox } = program;
    for (const ago of [SECOND, 5 * MINUTE, 9 * MINUTE, 11 * MINUTE]) {
      sandbox.receive({
        account: 'shop-ig',
        contact: `old${ago}`,
        text: `price ${ago} ago`,
        at: clock() - ago,
      });
    }
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'new', text: 'price, now' });
    await program.poll();
    expect(answered(sandbox)).toEqual(['price, now: 20 EUR.']);
  });
});

describe('rows that are skipped or held', { timeout: 90_000 }, () => {
  it('of an unknown platform are skipped, and hide no other rows', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'threads-person', text: 'price, on Threads' });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, on Instagram' });
    sandbox.comment({ account: 'shop-ig', contact: 'bo', text: 'guide, on Threads' });
    relay.rows = (_path, rows) =>
      rows.map((row) => (String(row.text).includes('Threads') ? { ...row, platform: 'threads' } : row));
    await program.poll();
    await program.poll();
    expect(answered(sandbox)).toEqual(['price, on Instagram: 20 EUR.']);
    expect(Object.keys(await program.reasons())).not.toContain('price, on Threads');
  });

  it('without a conversation are journalled once as `direction_unknown`, and get no reply', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, from nowhere' });
    relay.rows = (_path, rows) => rows.map((row) => ({ ...row, conversationId: null }));
    await program.poll();
    await program.poll();
    expect(answered(sandbox)).toEqual([]);
    expect((await program.journal()).map((row) => [row.event.text, row.reason])).toEqual([
      ['price, from nowhere', 'direction_unknown'],
    ]);
  });

  it('without a conversation are journalled as `own_message` when we sent them', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price' });
    await program.poll();
    relay.rows = (_path, rows) =>
      rows.map((row) => (row.text === 'price: 20 EUR.' ? { ...row, conversationId: null } : row));
    await program.poll();
    expect(await program.reasons()).toEqual({ price: 'replied', 'price: 20 EUR.': 'own_message' });
  });

  it('of a conversation that cannot be loaded wait for it, and the rest is decided', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    const gone = sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, gone' });
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'price, there' });
    relay.refuse = (path) => (path === `/v2/conversations/${gone.conversationId}` ? 404 : undefined);
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, gone': null, 'price, there': 'replied' });
    relay.refuse = undefined;
    await program.poll();
    expect(await program.reasons()).toMatchObject({ 'price, gone': 'replied', 'price, there': 'replied' });
    expect(sandbox.sends()).toHaveLength(2);
  });

  it('of an account that is not configured get no reply and no journal row, and cost one read of their conversation', async () => {
    const other = {
      name: 'other-ig',
      id: '77',
      platform: 'instagram' as const,
      nativeId: '4242',
      username: 'other.shop',
    };
    const ours = {
      name: 'shop-ig',
      id: '98434',
      platform: 'instagram' as const,
      nativeId: '1784140',
      username: 'lumen',
    };
    const program = await aProgram({ rules: RULES, sandbox: { accounts: [ours, other] } });
    const { sandbox } = program;
    const accounts = [program.account('shop-ig')];
    await program.poll({ accounts });
    sandbox.receive({ account: 'other-ig', contact: 'ana', text: 'price, at the other shop' });
    sandbox.comment({ account: 'other-ig', contact: 'bo', text: 'guide, at the other shop' });
    for (let polls = 0; polls < 3; polls += 1) await program.poll({ accounts });
    expect(sandbox.sends()).toEqual([]);
    expect(await program.journal()).toEqual([]);
    expect(program.calls(CONVERSATION) + program.calls(CONVERSATIONS)).toBe(1);
  });

  it('of an account that is configured later have known contacts from then on', async () => {
    const program = await aProgram({ rules: RULES.replace('message.text', 'contact.name') });
    const { sandbox } = program;
    const accounts = [program.account('shop-x')];
    await program.poll({ accounts });
    sandbox.receive({ account: 'shop-x', contact: { id: 'ana', name: 'Ana' }, text: 'hello' });
    await program.poll({
      accounts: [{ ...program.account('shop-x'), id: 'another account of the same platform' }],
    });
    expect(await program.journal()).toEqual([]);
    sandbox.receive({ account: 'shop-x', contact: 'ana', text: 'price' });
    await program.poll({ accounts });
    expect(answered(sandbox)).toEqual(['Ana: 20 EUR.']);
  });

  it('of many new conversations progress although reading the conversations is interrupted', async () => {
    const program = await aProgram({ rules: RULES });
    const { sandbox, relay } = program;
    await program.poll();
    for (let n = 0; n < 2; n += 1)
      sandbox.receive({ account: 'shop-ig', contact: `p${n}`, text: `price ${n}` });
    // The first poll gets one conversation and then a refusal.
    let reads = 0;
    relay.refuse = (path) => {
      if (!path.startsWith('/v2/conversations/')) return undefined;
      reads += 1;
      return reads % 2 === 0 ? 503 : undefined;
    };
    await program.poll();
    expect(answered(sandbox)).toHaveLength(1);
    await program.poll();
    expect(answered(sandbox)).toHaveLength(2);
    expect(reads).toBe(3);
  });
});

describe('a list that changes while it is read', { timeout: 90_000 }, () => {
  it.each<[string, Fault]>([
    ['shows rows twice', 'duplicate_rows'],
    ['shows rows out of order', 'reorder_rows'],
  ])('and %s is read completely, and each message gets one reply', async (_, fault) => {
    const program = await aProgram({ rules: RULES, sandbox: { pageSizeMost: 5 } });
    const { sandbox } = program;
    await program.poll();
    const now = Date.now();
    const texts = Array.from({ length: 23 }, (_unused, n) => `price ${n}`);
    for (const [n, text] of texts.entries())
      sandbox.receive({ account: 'shop-ig', contact: `p-${n}`, text, at: now - (30 - n) * SECOND });
    sandbox.fault(({ method }) => (method === 'GET' ? fault : 'none'));
    await program.poll();
    await program.poll();
    expect(answered(sandbox).sort()).toEqual(texts.map((text) => `${text}: 20 EUR.`).sort());
    expect((await program.journal()).filter((row) => row.event.direction === 'incoming')).toHaveLength(23);
  });
});
