import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { aStage } from '../stage.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
  - id: guide
    on: comment
    keywords: [guide]
    private_reply: "Here it is."
    comment_reply: "Check your DMs!"
`;
const OPEN = { sendsPerMinute: 1_000, readsPerMinute: 1_000, concurrency: 4, sendsPerHourPerAccount: 1_000 };
const ana = { id: 'ana', name: 'Ana Lima', username: 'ana.l' };

describe('a first start', () => {
  it('replies to nothing written before it, and to messages written after it', async () => {
    const stage = await aStage({ rules: RULES });
    stage.sandbox.receive({
      account: 'shop-ig',
      contact: ana,
      text: 'price, long ago',
      at: Date.now() - 60 * MINUTE,
    });
    stage.sandbox.receive({
      account: 'shop-ig',
      contact: ana,
      text: 'price, just before',
      at: Date.now() - SECOND,
    });
    stage.sandbox.comment({
      account: 'shop-fb',
      contact: ana,
      text: 'guide, just before',
      at: Date.now() - SECOND,
    });
    await stage.once();
    expect(stage.sandbox.sends()).toEqual([]);
    expect(await stage.reasons()).toEqual({
      'price, just before': 'too_old',
      'guide, just before': 'too_old',
    });

    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price, now' });
    stage.sandbox.receive({
      account: 'shop-x',
      contact: { ...ana, id: 'ana-x' },
      text: 'price, on an empty list',
    });
    await stage.restart();
    await stage.once();
    expect(
      stage.sandbox
        .sends()
        .map((send) => send.recipientId)
        .sort(),
    ).toEqual(['ana', 'ana-x']);
    expect(await stage.reasons()).toMatchObject({
      'price, now': 'replied',
      'price, on an empty list': 'replied',
    });
    expect(stage.sandbox.violations).toEqual([]);
  });

  it('replies to messages within poll.start.lookback', async () => {
    const poll = { schedule: '* * * * * *', comments: true, overlap: 2 * MINUTE, lookback: 30 * MINUTE };
    const stage = await aStage({ rules: RULES, config: { poll } });
    stage.sandbox.receive({
      account: 'shop-ig',
      contact: ana,
      text: 'price, 40 minutes ago',
      at: Date.now() - 40 * MINUTE,
    });
    stage.sandbox.receive({
      account: 'shop-ig',
      contact: ana,
      text: 'price, 20 minutes ago',
      at: Date.now() - 20 * MINUTE,
    });
    await stage.once();
    expect(stage.sandbox.sends()).toHaveLength(1);
    expect(await stage.reasons()).toEqual({ 'price, 20 minutes ago': 'replied' });
  });
});

describe('the author of a message', () => {
  it('being the account gets no reply, whether by hand or through us', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'the price is 20' });
    stage.sandbox.receive({ account: 'shop-fb', contact: { ...ana, id: 'fb-ana' }, text: 'price?' });
    for (let polls = 0; polls < 3; polls += 1) await stage.once();
    expect(stage.sandbox.sends()).toHaveLength(1);
    expect(await stage.reasons()).toEqual({
      'the price is 20': 'own_message',
      'price?': 'replied',
      'From 20 EUR.': 'own_message',
    });
  });

  it('being unknown gets no reply, with the reason direction_unknown', async () => {
    const accounts = [
      {
        name: 'shop-ig',
        id: '98434',
        platform: 'instagram' as const,
        nativeId: null,
        pageId: null,
        disclosure: null,
        vars: {},
      },
    ];
    const sandboxAccounts = [
      {
        name: 'shop-ig',
        id: '98434',
        platform: 'instagram' as const,
        nativeId: '1784140',
        username: '',
        fullname: 'Lumen',
      },
    ];
    const stage = await aStage({
      rules: RULES,
      config: { accounts },
      sandbox: { accounts: sandboxAccounts, release: '2.0.0' },
    });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await stage.once();
    expect(stage.sandbox.sends()).toEqual([]);
    expect(await stage.reasons()).toEqual({ 'price?': 'direction_unknown' });
  });

  it('is recognised as the account by its username when nothing else identifies it', async () => {
    const accounts = [
      {
        name: 'shop-ig',
        id: '98434',
        platform: 'instagram' as const,
        nativeId: null,
        pageId: null,
        disclosure: null,
        vars: {},
      },
    ];
    const stage = await aStage({ rules: RULES, config: { accounts } });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: { ...ana, id: 'bo' }, text: 'our price' });
    await stage.once();
    expect(await stage.reasons()).toMatchObject({ 'price?': 'replied', 'our price': 'own_message' });
  });

  it('being a human of the account silences the conversation', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'Hello, Bea here' });
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await stage.once();
    expect(await stage.reasons()).toMatchObject({ 'price?': 'human_active' });
    expect(stage.sandbox.sends()).toEqual([]);
  });

  it('journals a match on Bluesky as `platform_cannot_send`', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-bsky', contact: { ...ana, id: 'did:plc:ana' }, text: 'price?' });
    stage.sandbox.receive({ account: 'shop-bsky', contact: { ...ana, id: 'did:plc:ana' }, text: 'hello' });
    await stage.once();
    expect(await stage.reasons()).toEqual({ 'price?': 'platform_cannot_send', hello: 'no_match' });
  });
});

describe('replies to comments', () => {
  it('are a private reply, and a public one after it arrived', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    const comment = stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'GUIDE please' });
    await stage.once();
    const sends = stage.sandbox.sends();
    expect(sends.map(({ kind, text }) => [kind, text])).toEqual([
      ['message', 'Here it is.'],
      ['comment', 'Check your DMs!'],
    ]);
    expect(sends[0]?.commentId).toBe(comment.platformCommentId);
    expect(await stage.reasons()).toMatchObject({ 'GUIDE please': 'replied' });
  });

  it('include no public reply when another tool sent the private reply', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    const comment = stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });
    stage.sandbox.world.spendPrivateReply(comment.id);
    await stage.once();
    expect(stage.sandbox.sends()).toEqual([]);
    expect(await stage.reasons()).toEqual({ guide: 'private_reply_used' });
  });

  it('are the public reply first with when: first, and then the private one', async () => {
    const first = 'comment_reply: { text: "You get it in a minute.", when: first }';
    const stage = await aStage({ rules: RULES.replace('comment_reply: "Check your DMs!"', first) });
    await stage.once();
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });
    await stage.once();
    const sends = stage.sandbox.sends();
    expect(sends.map(({ kind, text }) => [kind, text])).toEqual([
      ['comment', 'You get it in a minute.'],
      ['message', 'Here it is.'],
    ]);
    expect(await stage.reasons()).toMatchObject({ guide: 'replied' });
  });

  it('use the public text of otherwise when another tool sent the private reply', async () => {
    const sent =
      'comment_reply: { text: "Check your DMs!", otherwise: "It is on our page: {{ account.name }}" }';
    const stage = await aStage({ rules: RULES.replace('comment_reply: "Check your DMs!"', sent) });
    await stage.once();
    const comment = stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });
    stage.sandbox.world.spendPrivateReply(comment.id);
    await stage.once();
    const sends = stage.sandbox.sends();
    expect(sends.map(({ kind, text }) => [kind, text])).toEqual([['comment', 'It is on our page: shop-ig']]);
    expect(await stage.reasons()).toMatchObject({ guide: 'private_reply_used' });
  });

  it('are not sent to comments of the account itself', async () => {
    const stage = await aStage({ rules: RULES });
    await stage.once();
    stage.sandbox.humanComments({ account: 'shop-ig', text: 'comment GUIDE for the guide!' });
    await stage.once();
    expect(await stage.reasons()).toEqual({ 'comment GUIDE for the guide!': 'own_message' });
  });
});

describe('shadow mode', () => {
  it('sends nothing at all, and journals what it would have sent', async () => {
    const stage = await aStage({ rules: RULES, config: { mode: 'shadow' } });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    stage.sandbox.comment({ account: 'shop-fb', contact: ana, text: 'guide' });
    await stage.once();
    await stage.once();
    expect(stage.sandbox.sends()).toEqual([]);
    expect(await stage.reasons()).toEqual({ 'price?': 'shadow', guide: 'shadow' });
    const rows = await stage.store().journal({ limit: 5 });
    expect(JSON.stringify(rows.map((row) => row.trace))).toContain('From 20 EUR.');
  });

  it('holds sends that were decided live before', async () => {
    const live = await aStage({ rules: RULES, config: { throttle: { ...OPEN, sendsPerMinute: 0 } } });
    await live.once();
    live.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await live.once();
    expect(await live.reasons()).toEqual({ 'price?': 'queued' });
    await live.restart({ mode: 'shadow', throttle: OPEN });
    await live.once();
    expect(live.sandbox.sends()).toEqual([]);
    await live.restart({ mode: 'live', throttle: OPEN });
    await live.once();
    expect(live.sandbox.sends()).toHaveLength(1);
  });
});

describe('a cooldown', () => {
  it('depends on rule id and contact, and survives edits of keyword and text', async () => {
    const rule = (keyword: string, reply: string, id = 'pricing') =>
      `version: 1\nrules:\n  - { id: ${id}, on: message, keywords: [${keyword}], reply: ${reply}, once_per: 24h }\n`;
    const stage = await aStage({ rules: rule('price', 'From 20 EUR.') });
    await stage.once();
    const asks = async (text: string, rules: string) => {
      stage.sandbox.receive({ account: 'shop-ig', contact: ana, text });
      await stage.restart({}, rules);
      await stage.once();
    };
    await asks('price?', rule('price', 'From 20 EUR.'));
    await asks('cost?', rule('cost', 'Now from 25 EUR.'));
    expect(await stage.reasons()).toMatchObject({ 'price?': 'replied', 'cost?': 'cooldown' });
    await asks('cost, again?', rule('cost', 'Now from 25 EUR.', 'another'));
    expect(await stage.reasons()).toMatchObject({ 'cost, again?': 'replied' });
  });
});
