import { describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/domain/config.js';
import { MINUTE } from '../../src/domain/time.js';
import type { SandboxOptions } from '../../src/sandbox/server.js';
import { aProxy, type PassingCall, type Proxy } from '../actions/outbox/proxy.js';
import type { Cleanup } from '../cleanup.js';
import { PATIENCE } from '../patience.js';
import { aStage, type Stage } from '../stage.js';

const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
  - { id: slow, on: message, keywords: [slow], reply: { text: "In a while.", delay: 6s }, once_per: false }
  - { id: link, on: message, keywords: [link], reply: "See https://lumen.example/a/long/way  now", once_per: false }
  - { id: hearts, on: message, keywords: [hearts], reply: "Hearts \u2764\uFE0F & more: lumen.example/b", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is." }
  - { id: thanks, on: comment, keywords: [love], comment_reply: "Thank you!" }
`;
const ana = { id: 'ana', name: 'Ana Lima', username: 'ana.l' };

interface Behind {
  readonly stage: Stage;
  readonly proxy: Proxy;
}

/** A running program that reaches the sandbox through a proxy. */
async function behindAProxy(
  test: Cleanup,
  more: Partial<Config> = {},
  sandbox: Partial<SandboxOptions> = {},
): Promise<Behind> {
  const proxy = await aProxy(test);
  const stage = await aStage({
    rules: RULES,
    config: {
      blotato: { baseUrl: proxy.url, apiKey: 'sandbox-key' },
      delivery: { visibleWithin: 200, ambiguous: 'resend_once' },
      ...more,
    },
    sandbox,
    requestTimeout: 1_000,
    test,
  });
  proxy.target = stage.sandbox.url;
  proxy.clock = sandbox.clock ?? Date.now;
  await stage.run();
  return { stage, proxy };
}

/** Handles the first POSTs by the given functions, one each; all other calls pass. */
function onSends(proxy: Proxy, ...fates: readonly Proxy['intercept'][]): void {
  const left = [...fates];
  proxy.intercept = (call) => (call.method === 'POST' ? (left.shift()?.(call) ?? call.pass()) : call.pass());
}

const arrivesUnanswered = async (call: PassingCall) => {
  await call.pass();
  return 'cut' as const;
};
const isLost = async () => 'cut' as const;
const refuses = (status: number, body: object | string, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => ({ status, body: text, headers });
};

/** Removes the rows with the given text from a page of a list. */
function without(page: string, text: string): string {
  const { items, ...rest } = JSON.parse(page) as { items?: readonly { readonly text?: string }[] };
  return items ? JSON.stringify({ ...rest, items: items.filter((row) => row.text !== text) }) : page;
}

const texts = ({ stage }: Behind) => stage.sandbox.sends().map((send) => send.text);
const becomes = ({ stage }: Behind, expected: Record<string, string>) =>
  vi.waitFor(async () => expect(await stage.reasons()).toMatchObject(expected), {
    timeout: 60_000,
    interval: 50,
  });
const ask = ({ stage }: Behind, text: string) =>
  stage.sandbox.receive({ account: 'shop-ig', contact: ana, text });

describe.concurrent('an ambiguous send is settled', { timeout: 180_000 }, () => {
  it.for([100, 200, 1_000])('whatever `visible_within` is (%d ms)', async (visibleWithin, test) => {
    const behind = await behindAProxy(test, { delivery: { visibleWithin, ambiguous: 'resend_once' } });
    onSends(behind.proxy, isLost);
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    expect(texts(behind)).toEqual(['From 20 EUR.']);
  });

  it.for<[string, number]>([
    ['five minutes ahead', 5 * MINUTE],
    ['five minutes behind', -5 * MINUTE],
  ])("although the API's clock is %s ours", async ([, skew], test) => {
    const behind = await behindAProxy(test, {}, { clock: () => Date.now() + skew });
    onSends(behind.proxy, arrivesUnanswered, isLost);
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    ask(behind, 'price again?');
    await becomes(behind, { 'price again?': 'replied' });
    expect(texts(behind)).toEqual(['From 20 EUR.', 'From 20 EUR.']);
  });

  it.for([
    ['8 seconds ahead', 8_000, 'before'],
    ['30 seconds ahead', 30_000, 'before'],
    ['30 seconds ahead, but only after the attempt', 30_000, 'after'],
    ['30 seconds behind', -30_000, 'before'],
  ] as const)('once, although its `Date` is %s of truly dated rows', async ([, ahead, when], test) => {
    const behind = await behindAProxy(test);
    const { proxy } = behind;
    const isOff = () => (proxy.clock = () => Date.now() + ahead);
    if (when === 'before') isOff();
    onSends(proxy, async (call) => {
      const end = await arrivesUnanswered(call);
      isOff();
      return end;
    });
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    // The row does not count as written by a human either.
    ask(behind, 'price again?');
    await becomes(behind, { 'price again?': 'replied' });
    expect(texts(behind)).toEqual(['From 20 EUR.', 'From 20 EUR.']);
  });

  it('once, although the recipient is listed under another form of the id', async (test) => {
    const behind = await behindAProxy(test);
    const { proxy } = behind;
    let sent = 0;
    proxy.intercept = async (call) => {
      if (call.method === 'POST') return (sent += 1) === 1 ? arrivesUnanswered(call) : call.pass();
      const answer = await call.pass();
      return { ...answer, body: answer.body.replaceAll('"recipientId":"ana"', '"recipientId":"igsid:ana"') };
    };
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    ask(behind, 'price again?');
    await becomes(behind, { 'price again?': 'replied' });
    expect(texts(behind)).toHaveLength(2);
  });

  it('once, although the platform changes its text a little, and nobody is silenced for it', async (test) => {
    const behind = await behindAProxy(test);
    const { proxy } = behind;
    let sent = 0;
    proxy.intercept = async (call) => {
      if (call.method === 'POST') return (sent += 1) === 1 ? arrivesUnanswered(call) : call.pass();
      const answer = await call.pass();
      const listed = 'Hearts \u2764 &amp; more: https://lumen.example/b';
      return {
        ...answer,
        body: answer.body.replaceAll('Hearts \u2764\uFE0F & more: lumen.example/b', listed),
      };
    };
    ask(behind, 'hearts?');
    await becomes(behind, { 'hearts?': 'replied' });
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    expect(texts(behind)).toHaveLength(2);
  });

  it('although the list changes its text: other white space, another link', async (test) => {
    const behind = await behindAProxy(test);
    const { proxy } = behind;
    let sent = 0;
    proxy.intercept = async (call) => {
      if (call.method === 'POST') {
        sent += 1;
        return sent === 1 ? arrivesUnanswered(call) : call.pass();
      }
      const answer = await call.pass();
      return {
        ...answer,
        body: answer.body.replaceAll('https://lumen.example/a/long/way  now', 'https://t.co/x1 now'),
      };
    };
    ask(behind, 'the link?');
    await becomes(behind, { 'the link?': 'replied' });
    expect(texts(behind)).toHaveLength(1);
  });

  it('by a poll, although it shows up only when the resend is due', async (test) => {
    // The row appears after the read-back checks, so only the journal prevents a second message.
    const behind = await behindAProxy(test);
    const { proxy } = behind;
    const refused = refuses(429, { message: 'slow down' }, { 'retry-after': '3' });
    let posts = 0;
    proxy.intercept = async (call) => {
      if (call.method === 'POST') return (posts += 1) === 1 ? arrivesUnanswered(call) : refused();
      const answer = await call.pass();
      return posts === 1 ? { ...answer, body: without(answer.body, 'From 20 EUR.') } : answer;
    };
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    expect(texts(behind)).toEqual(['From 20 EUR.']);
    expect(await behind.stage.store().sends({ limit: 5 })).toMatchObject([{ attempts: 3, state: 'sent' }]);
  });

  it("without mistaking a human's earlier message for it", async (test) => {
    const behind = await behindAProxy(test);
    onSends(behind.proxy, isLost);
    behind.stage.sandbox.humanWrites({
      account: 'shop-ig',
      contact: ana,
      text: 'Thank you!',
      at: Date.now() - 13 * 60 * MINUTE,
    });
    const { id } = behind.stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'love it' });
    behind.stage.sandbox.humanComments({
      account: 'shop-ig',
      parentCommentId: behind.stage.sandbox.comment({ account: 'shop-ig', contact: 'bo', text: 'hm' }).id,
      text: 'Thank you!',
    });
    await becomes(behind, { 'love it': 'replied' });
    expect(behind.stage.sandbox.sends()).toMatchObject([{ text: 'Thank you!', parentCommentId: id }]);
  });
});

describe.concurrent('an ambiguous private reply', { timeout: 180_000 }, () => {
  const comments = ({ stage }: Behind) =>
    stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide' });

  it('counts as arrived when the API reports that the comment has one, and does not cause human_active', async (test) => {
    const behind = await behindAProxy(test, {}, { visibleAfter: 900 });
    onSends(behind.proxy, arrivesUnanswered);
    comments(behind);
    await becomes(behind, { guide: 'replied' });
    // The row of the private reply appears now, and must not count as written by a human.
    await becomes(behind, { 'Here it is.': 'own_message' });
    ask(behind, 'thanks, and the price?');
    await becomes(behind, { 'thanks, and the price?': 'replied' });
    expect(texts(behind)).toEqual(['Here it is.', 'From 20 EUR.']);
  });

  it('does not count as failed when only the second attempt is refused with an unknown error', async (test) => {
    const behind = await behindAProxy(test, {}, { visibleAfter: 900 });
    onSends(behind.proxy, arrivesUnanswered, refuses(422, '{"message":"the comment alrea'));
    comments(behind);
    await becomes(behind, { guide: 'replied' });
    expect(texts(behind)).toEqual(['Here it is.']);
  });

  it('does not count as ours when another tool sent it', async (test) => {
    const behind = await behindAProxy(test);
    onSends(behind.proxy, refuses(422, { code: '20102', message: 'already has a reply' }));
    comments(behind);
    await becomes(behind, { guide: 'private_reply_used' });
    expect(texts(behind)).toEqual([]);
  });
});

describe.concurrent('a message written from the account', { timeout: 180_000 }, () => {
  it("does not count as a human's when a list shows it before the response to its POST", async (test) => {
    const behind = await behindAProxy(test);
    const { stage, proxy } = behind;
    onSends(proxy, async (call) => {
      const answer = await call.pass();
      await vi
        .waitFor(async () => expect(await stage.reasons()).toHaveProperty('From 20 EUR.'), 350)
        .catch(() => null);
      return answer;
    });
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
    ask(behind, 'price again?');
    await becomes(behind, { 'price again?': 'replied' });
    expect(texts(behind)).toHaveLength(2);
  });

  it("counts as a human's when our send was refused and somebody sends the same text", async (test) => {
    const behind = await behindAProxy(test);
    onSends(behind.proxy, refuses(422, { message: 'no' }));
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'failed' });
    behind.stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'From 20 EUR.' });
    await becomes(behind, { 'From 20 EUR.': 'own_message' });
    ask(behind, 'price of two?');
    await becomes(behind, { 'price of two?': 'human_active' });
  });

  it('is ours although the send failed after it was accepted and was retried by hand', async (test) => {
    const behind = await behindAProxy(test);
    const { stage } = behind;
    const asked = ask(behind, 'slow?');
    await becomes(behind, { 'slow?': 'queued' });
    // Without a message of the contact the messaging window of the sandbox is closed, so the send fails late.
    stage.sandbox.world.deleteMessage(asked.id);
    await becomes(behind, { 'slow?': 'failed', 'In a while.': 'own_message' });
    ask(behind, 'hello');
    const [failed] = await stage.store().sends({ states: ['failed'], limit: 1 });
    expect(failed?.detail).toContain('outside of the allowed window');
    await stage.store().retrySend(failed!.id, Date.now());
    await becomes(behind, { 'slow?': 'replied' });
    ask(behind, 'price?');
    await becomes(behind, { 'price?': 'replied' });
  });
});

describe.concurrent('the first seconds after a start', { timeout: 180_000 }, () => {
  it('send nothing before a poll has read what humans and contacts wrote meanwhile', async (test) => {
    const behind = await behindAProxy(test);
    const { stage } = behind;
    ask(behind, 'slow?');
    await becomes(behind, { 'slow?': 'queued' });
    await stage.restart();
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'Bea here' });
    // Wait until the send is due, so that it could leave as soon as the program starts. Its delay is longer than a busy
    // machine takes to stop the program.
    const [waiting] = await stage.store().sends({ states: ['pending'], limit: 1 });
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(waiting!.notBefore), PATIENCE);
    await stage.run();
    await becomes(behind, { 'slow?': 'human_active' });
    expect(texts(behind)).toEqual([]);
  });
});
