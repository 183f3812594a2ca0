import { describe, expect, it, vi } from 'vitest';
import type { Reason } from '../../src/domain/reason.js';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Cleanup } from '../cleanup.js';
import { aStage, type Stage } from '../stage.js';
import { PATIENCE } from '../patience.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
  - { id: slow, on: message, keywords: [slow], reply: { text: "In a while.", delay: 3s }, once_per: false }
  - { id: terms, on: message, keywords: [terms], reply: "${['A', 'B', 'C'].map((n) => `${n} ${'word '.repeat(120)}end.`).join(' ')}" }
  - id: guide
    on: comment
    keywords: [guide]
    private_reply: "Here it is."
    comment_reply: "Check your DMs!"
  - { id: public, on: comment, keywords: [hours], comment_reply: "From 9 to 5.", once_per: false }
  - id: thread
    on: comment
    keywords: [hours]
    when: { all: [{ fact: is_reply, operator: equal, value: true }] }
    comment_reply: "From 9 to 5."
    once_per: false
  - { id: late, on: comment, keywords: [later], comment_reply: { text: "In a while.", delay: 3s }, once_per: false }
`;
const ana = { id: 'ana', name: 'Ana Lima', username: 'ana.l' };
const QUICK = { visibleWithin: 150, ambiguous: 'resend_once' as const };

async function aRunningStage(
  test: Cleanup,
  delivery: { visibleWithin: number; ambiguous: 'resend_once' | 'leave' } = QUICK,
): Promise<Stage> {
  const stage = await aStage({ rules: RULES, config: { delivery }, requestTimeout: 1_000, test });
  await stage.run();
  return stage;
}

/** Injects the fault into the first `times` POSTs; all other calls pass. */
function faultOnSends(stage: Stage, fault: Fault, times = 1): void {
  let left = times;
  stage.sandbox.fault(({ method }) => (method === 'POST' && left-- > 0 ? fault : 'none'));
}

const texts = (stage: Stage) => stage.sandbox.sends().map((send) => send.text);
const becomes = (stage: Stage, expected: Record<string, string>) =>
  vi.waitFor(async () => expect(await stage.reasons()).toMatchObject(expected), {
    timeout: 60_000,
    interval: 50,
  });

describe.concurrent('a reply whose POST', { timeout: 180_000 }, () => {
  it.for<[string, Fault]>([
    ['was cut off before the API accepted it', 'drop_before'],
    ['was accepted, and the response cut off', 'drop_after'],
    ['got a 500 and was not accepted', 'error_500_before'],
    ['got a 500 although it was accepted', 'error_500_after'],
    ['was accepted, and got half a document', 'garbage'],
    ['got no response', 'hang'],
    ['got a 429 with Retry-After in seconds', 'rate_limit'],
    ['got a 429 with Retry-After as a date', 'rate_limit_date'],
    ['got a 429 without Retry-After', 'rate_limit_bare'],
    ['was accepted, and the connection reset within the response', 'reset_body'],
    ['was accepted, and the response is too slow', 'slow_body'],
  ])('%s is sent exactly once', async ([, fault], test) => {
    const stage = await aRunningStage(test);
    faultOnSends(stage, fault);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await becomes(stage, { 'price?': 'replied' });
    expect(texts(stage)).toEqual(['From 20 EUR.']);
  });

  it('may have been accepted ends as unknown_outcome with delivery.ambiguous: leave', async (test) => {
    const stage = await aRunningStage(test, { ...QUICK, ambiguous: 'leave' });
    faultOnSends(stage, 'drop_before');
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await becomes(stage, { 'price?': 'unknown_outcome' });
    expect(texts(stage)).toEqual([]);
  });

  it('is lost twice is not attempted a third time', async (test) => {
    const stage = await aRunningStage(test);
    faultOnSends(stage, 'drop_before', 2);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await becomes(stage, { 'price?': 'unknown_outcome' });
    expect(texts(stage)).toEqual([]);
  });

  it('is ambiguous is not confused with the same text sent to the same person before', async (test) => {
    const stage = await aRunningStage(test);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await becomes(stage, { 'price?': 'replied' });
    faultOnSends(stage, 'drop_before');
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'the price, again?' });
    await becomes(stage, { 'the price, again?': 'replied' });
    expect(texts(stage)).toEqual(['From 20 EUR.', 'From 20 EUR.']);
  });
});

describe.concurrent('a reply that is too long for one message', { timeout: 180_000 }, () => {
  it.for<[string, Fault]>([
    ['is accepted at once', 'none'],
    ['was accepted, and the response cut off', 'drop_after'],
    ['was cut off before the API accepted it', 'drop_before'],
  ])('arrives in parts, each once and in order, though the first %s', async ([, fault], test) => {
    const stage = await aRunningStage(test);
    faultOnSends(stage, fault);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'the terms?' });
    await becomes(stage, { 'the terms?': 'replied' });
    expect(texts(stage).map((text) => [text[0], text.endsWith('end.')])).toEqual([
      ['A', true],
      ['B', true],
      ['C', true],
    ]);
  });
});

describe.concurrent('a comment', { timeout: 180_000 }, () => {
  it.for<[string, Fault]>([
    ['whose private reply arrived without a response', 'drop_after'],
    ['whose private reply was lost', 'drop_before'],
  ])('%s gets one private and one public reply', async ([, fault], test) => {
    const stage = await aRunningStage(test);
    faultOnSends(stage, fault);
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });
    await becomes(stage, { guide: 'replied' });
    expect(texts(stage)).toEqual(['Here it is.', 'Check your DMs!']);
  });

  it.for<[string, Fault]>([
    ['arrived without a response', 'drop_after'],
    ['was lost', 'drop_before'],
  ])('whose public reply %s gets it once', async ([, fault], test) => {
    const stage = await aRunningStage(test);
    let left = 1;
    stage.sandbox.fault(({ method, path }) =>
      method === 'POST' && path.startsWith('/v2/comments') && left-- > 0 ? fault : 'none',
    );
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });
    await becomes(stage, { guide: 'replied' });
    expect(texts(stage)).toEqual(['Here it is.', 'Check your DMs!']);
  });

  it.for<[string, Fault]>([
    ['gets a public reply', 'none'],
    ['gets one public reply although the response to the POST is lost', 'drop_after'],
    ['gets one public reply although the POST is lost', 'drop_before'],
  ])('that is a reply %s, under the top-level comment of its thread', async ([, fault], test) => {
    const stage = await aRunningStage(test);
    faultOnSends(stage, fault);
    const top = stage.sandbox.comment({ account: 'shop-ig', contact: 'bo', text: 'Nice!' });
    const reply = stage.sandbox.comment({ account: 'shop-ig', contact: 'cy', text: 'Yes!', parent: top.id });
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'hours?', parent: reply.id });
    await becomes(stage, { 'hours?': 'replied' });
    expect(stage.sandbox.sends()).toMatchObject([{ text: 'From 9 to 5.', parentCommentId: top.id }]);
  });

  it('on a post that Blotato has no record of gets its private reply, no public reply, and the reason', async (test) => {
    const stage = await aRunningStage(test);
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'hours?', post: null });
    stage.sandbox.comment({ account: 'shop-ig', contact: 'bo', text: 'guide', post: null });
    await becomes(stage, { 'hours?': 'platform_cannot_send', guide: 'replied' });
    expect(texts(stage)).toEqual(['Here it is.']);
    // Our own reply may be read meanwhile, without a trace.
    const rows = await stage.store().journal({ limit: 10 });
    const decided = rows.filter(({ reason }) => reason !== 'own_message');
    expect(decided).toHaveLength(2);
    for (const { trace } of decided) expect(JSON.stringify(trace?.guards)).toContain('no record of the post');
  });

  it('that is listed under two ids of Blotato gets one public reply', async (test) => {
    const stage = await aRunningStage(test);
    const first = stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'hours?' });
    await becomes(stage, { 'hours?': 'replied' });
    const { platformCommentId } = first;
    const again = { account: 'shop-ig', contact: ana, text: 'hours??', post: '777' };
    stage.sandbox.comment({ ...again, platformCommentId: platformCommentId ?? '' });
    await becomes(stage, { 'hours??': 'cooldown' });
    expect(texts(stage)).toEqual(['From 9 to 5.']);
  });
});

describe.concurrent('between the decision and the send', { timeout: 180_000 }, () => {
  const afterDecision = (stage: Stage) => becomes(stage, { 'slow one': 'queued' });

  it("a human's message stops the reply", async (test) => {
    const stage = await aRunningStage(test);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'slow one' });
    await afterDecision(stage);
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'Bea here, hello' });
    await becomes(stage, { 'slow one': 'human_active', 'Bea here, hello': 'own_message' });
    expect(texts(stage)).toEqual([]);
  });

  it("a message of Blotato's own automations delays the reply for a few minutes, and does not count as a human's", async (test) => {
    const stage = await aStage({ rules: RULES, config: { delivery: QUICK }, requestTimeout: 400, test });
    const dmMessage = 'Here is the link to your guide!';
    stage.sandbox.automations.add({ account: 'shop-ig', keywords: ['LINK'], dmMessage });
    await stage.run();
    await vi.waitFor(async () => expect(await stage.store().automations()).not.toBeNull(), 10_000);
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: dmMessage });
    await becomes(stage, { [dmMessage]: 'own_message' });
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    await becomes(stage, { 'price?': 'other_automation' });
    expect(texts(stage)).toEqual([]);
  });

  it.for<[string, Reason, string?]>([
    ['a new comment on the post', 'human_active'],
    ['a comment on another post', 'replied', '777'],
  ])("a human's comment %s: the public reply is %s", async ([, reason, post], test) => {
    const stage = await aRunningStage(test);
    const at = Date.now() - 1_000;
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'later?', at });
    await becomes(stage, { 'later?': 'queued' });
    const text = '@ana.l come in until 5!';
    stage.sandbox.humanComments({ account: 'shop-ig', text, ...(post === undefined ? {} : { post }) });
    await becomes(stage, { 'later?': reason, [text]: 'own_message' });
    expect(texts(stage)).toEqual(reason === 'replied' ? ['In a while.'] : []);
  });

  it('a contact who opts out gets the confirmation and not the reply', async (test) => {
    const stage = await aRunningStage(test);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'slow one' });
    await afterDecision(stage);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'stop' });
    await becomes(stage, { 'slow one': 'opted_out', stop: 'replied' });
    expect(texts(stage)).toEqual(['No more automatic replies.']);
  });

  it('a pause stops the reply', async (test) => {
    const stage = await aRunningStage(test);
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'slow one' });
    await afterDecision(stage);
    await stage.store().setPause({ scope: 'account:shop-ig', until: Infinity });
    await becomes(stage, { 'slow one': 'paused' });
    expect(texts(stage)).toEqual([]);
  });
});

describe('after a restart', { timeout: 180_000 }, () => {
  it('a send in flight is read back, not repeated blindly', async () => {
    const stage = await aStage({ rules: RULES, config: { delivery: QUICK }, requestTimeout: 400 });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    // The process dies between the POST and the commit of its response, so the store does not contain the result.
    const store = stage.store();
    const dying = vi.spyOn(store, 'endAttempt').mockRejectedValue(new Error('the process died here'));
    await stage.run();
    await vi.waitFor(() => expect(stage.sandbox.sends()).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => expect(dying).toHaveBeenCalled(), PATIENCE);
    await stage.restart();
    await stage.run();
    await becomes(stage, { 'price?': 'replied' });
    expect(texts(stage)).toEqual(['From 20 EUR.']);
  });

  it('a result that could not be committed is committed by the same process once the store works again', async () => {
    const stage = await aStage({ rules: RULES, config: { delivery: QUICK }, requestTimeout: 400 });
    await stage.once();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'price?' });
    vi.spyOn(stage.store(), 'endAttempt').mockRejectedValueOnce(
      new Error('SQLITE_FULL: database or disk is full'),
    );
    await stage.run();
    await becomes(stage, { 'price?': 'replied' });
    expect(texts(stage)).toEqual(['From 20 EUR.']);
  });
});

describe('buttons', { timeout: 60_000 }, () => {
  const BUTTONS = `
version: 1
rules:
  - id: guide
    on: message
    keywords: [guide]
    once_per: false
    reply: { text: "Here it is.", buttons: [{ title: "Open it", url: "https://lumen.example/{{ message.text }}" }] }
`;
  const LINKS = 'Here it is.\nOpen it: https://lumen.example/guide';
  const asked = async (stage: Stage, account = 'shop-ig', contact = ana) => {
    stage.sandbox.receive({ account, contact, text: 'guide' });
    await stage.once();
    return stage.sandbox.sends().at(-1)!;
  };

  it('are sent as such, and as links where platform or configuration do not take them', async () => {
    const stage = await aStage({ rules: BUTTONS });
    await stage.once();
    expect(await asked(stage)).toMatchObject({
      text: 'Here it is.',
      buttons: [{ type: 'web_url', title: 'Open it', url: 'https://lumen.example/guide' }],
    });
    expect(await asked(stage, 'shop-x', { ...ana, id: 'bo' })).toMatchObject({ text: LINKS, buttons: [] });
    const accounts = stage.config.accounts.map((account) => ({ ...account, buttons: 'never' as const }));
    await stage.restart({ accounts });
    expect(await asked(stage)).toMatchObject({ text: LINKS, buttons: [] });
  });

  it('are replaced by links when the API refuses them, which is remembered for the account', async () => {
    const stage = await aStage({ rules: BUTTONS, sandbox: { refusesButtons: true } });
    await stage.once();
    const posts: string[] = [];
    stage.sandbox.fault(({ method, path }) => {
      if (method === 'POST') posts.push(path);
      return 'none';
    });
    expect(await asked(stage)).toMatchObject({ text: LINKS, buttons: [] });
    expect(posts).toHaveLength(2);
    expect(await stage.reasons()).toEqual({ guide: 'replied' });
    expect(await asked(stage)).toMatchObject({ text: LINKS });
    expect(posts).toHaveLength(3);
    expect(stage.sandbox.sends()).toHaveLength(2);
    expect(await stage.store().sends({ limit: 9 })).toMatchObject([
      { text: LINKS, buttons: null },
      { text: LINKS },
    ]);
  });
});
