import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, SECOND } from '../../src/domain/time.js';
import { aStage, type Stage } from '../stage.js';
import { aReceiver } from './receiver.js';

const ana = { id: 'ana', name: 'Ana Lima', username: 'ana.l' };
const PATIENCE = { timeout: 60_000, interval: 20 };

const rules = (more = ''): string => `
version: 1
rules:
  - id: guide-funnel
    on: comment
    keywords: [guide]
    private_reply: "Where shall I send it? Reply with your e-mail."
    comment_reply: { text: "Check your DMs!", otherwise: "It is on our page." }
    then:
      - ask: { expect: email, save: email, retry: "Once more?", within: 24h }
      - reply: "Thank you! It goes to {{ contact.fields.email }}."
      - reply: "Have a nice day."
      - tag: [lead, guide]
      ${more}
    otherwise: { reply: "No problem, it is on our page as well.", tag: lost }
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR." }
  - { id: again, on: message, keywords: [hello], when: { fact: tags, operator: contains, value: lead }, reply: "Hello again {{ contact.fields.email }}" }
`;

const said = (stage: Stage) => stage.sandbox.sends().map(({ text }) => text);
const comment = (stage: Stage, post = '501') =>
  stage.sandbox.comment({ account: 'shop-ig', contact: ana, text: 'guide', post });
const answers = async (stage: Stage, text: string): Promise<void> => {
  stage.sandbox.receive({ account: 'shop-ig', contact: ana, text });
  await stage.once();
};
const anaOf = async (stage: Stage) => (await stage.store().contacts({ limit: 1, contactId: 'ana' }))[0]!;
const figure = async (stage: Stage) => (await stage.store().funnelFigures(Date.now() - DAY))[0]!;

/** A stage on which a contact has commented and got the first question. */
async function asked(yaml = rules(), more: Parameters<typeof aStage>[0]['config'] = {}): Promise<Stage> {
  const stage = await aStage({ rules: yaml, config: more });
  await stage.once();
  comment(stage);
  await stage.once();
  expect(said(stage)).toContain('Where shall I send it? Reply with your e-mail.');
  return stage;
}

describe('a funnel', { timeout: 90_000 }, () => {
  it('keeps waiting after a picture, which does not count towards tries', async () => {
    const book =
      'version: 1\nrules:\n  - { id: book, on: message, keywords: [book], reply: Sure., then: [{ ask: { text: "Which city?", expect: any, save: city } }, { reply: "{{ contact.fields.city }} it is." }] }';
    const stage = await aStage({ rules: book });
    await stage.once();
    for (const text of ['book', '', 'Berlin']) await answers(stage, text);
    expect(said(stage)).toEqual(['Sure.', 'Which city?', 'Berlin it is.']);
  });

  it('asks the author of a comment, waits for the answer, and continues', async () => {
    const stage = await asked();
    await answers(stage, 'oh nice');
    await answers(stage, 'ana@mail.example');
    await answers(stage, 'hello');
    expect(said(stage).filter((text) => text !== 'Check your DMs!')).toEqual([
      'Where shall I send it? Reply with your e-mail.',
      'Once more?',
      'Thank you! It goes to ana@mail.example.',
      'Have a nice day.',
      'Hello again ana@mail.example',
    ]);
    expect(await anaOf(stage)).toMatchObject({
      tags: ['lead', 'guide'],
      fields: { email: 'ana@mail.example' },
      runs: [{ rule: 'guide-funnel', state: 'ended', outcome: 'completed' }],
    });
    expect(await figure(stage)).toMatchObject({ reached: 1, sent: 1, answered: 1, completed: 1, open: 0 });
    expect(await stage.reasons()).toMatchObject({
      guide: 'replied',
      'oh nice': 'replied',
      'ana@mail.example': 'replied',
    });
    expect(stage.sandbox.violations).toEqual([]);
  });

  it('continues after a restart, by the steps with which the contact began', async () => {
    const stage = await asked();
    await stage.restart(
      {},
      rules().replace('Thank you!', 'Thanks a lot!').replace('expect: email', 'expect: phone'),
    );
    await answers(stage, 'ana@mail.example');
    expect(said(stage)).toContain('Thank you! It goes to ana@mail.example.');
  });

  it('passes a message that is not an answer to another rule with its keyword', async () => {
    const stage = await asked();
    await answers(stage, 'what is the price?');
    expect(said(stage)).toContain('From 20 EUR.');
    await answers(stage, 'ana@mail.example');
    expect(said(stage).join()).not.toContain('Thank you');
    expect((await anaOf(stage)).runs).toMatchObject([
      { outcome: 'interrupted', detail: 'rule pricing replied' },
    ]);
  });

  it('gives up after `tries` wrong answers', async () => {
    const stage = await asked();
    await answers(stage, 'no');
    await answers(stage, 'never');
    await answers(stage, 'ana@mail.example');
    expect(said(stage).at(-1)).toBe('No problem, it is on our page as well.');
    expect(await anaOf(stage)).toMatchObject({ tags: ['lost'], runs: [{ outcome: 'gave_up' }] });
  });

  it('ends when the contact opts out', async () => {
    const stage = await asked();
    await answers(stage, 'stop');
    await answers(stage, 'ana@mail.example');
    expect(said(stage).at(-1)).toBe('No more automatic replies.');
    expect((await anaOf(stage)).runs).toMatchObject([{ outcome: 'stopped' }]);
  });

  it('ends when a human writes', async () => {
    const stage = await asked();
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'Hello, Bea here' });
    await answers(stage, 'ana@mail.example');
    expect(said(stage).join()).not.toContain('Thank you');
    expect((await anaOf(stage)).runs).toMatchObject([{ outcome: 'human' }]);
    expect(await stage.reasons()).toMatchObject({ 'ana@mail.example': 'no_match' });
  });

  it('asks once, though the same person comments on two posts', async () => {
    const stage = await asked();
    comment(stage, '502');
    await stage.once();
    await answers(stage, 'ana@mail.example');
    expect((await anaOf(stage)).runs.map(({ outcome }) => outcome)).toEqual(['completed', 'replaced']);
    expect(said(stage).filter((text) => text.startsWith('Thank you'))).toHaveLength(1);
  });

  it('ends as refused when another tool sent the private reply, and counts it', async () => {
    const stage = await aStage({ rules: rules() });
    await stage.once();
    stage.sandbox.world.spendPrivateReply(comment(stage).id);
    await stage.once();
    await answers(stage, 'ana@mail.example');
    expect(said(stage)).toEqual(['It is on our page.']);
    expect(await figure(stage)).toMatchObject({
      reached: 1,
      sent: 0,
      refused: { private_reply_used: 1 },
      outcomes: { refused: 1 },
    });
    expect(await stage.reasons()).toMatchObject({ 'ana@mail.example': 'no_match' });
  });

  it('sends nothing to a contact who never answered: a comment opens no messaging window', async () => {
    const stage = await asked(rules().replace('within: 24h', 'within: 1s'));
    await vi.waitFor(async () => {
      await stage.once();
      expect((await anaOf(stage)).runs).toMatchObject([{ outcome: 'timed_out' }]);
    }, PATIENCE);
    expect(said(stage).join()).not.toContain('No problem');
    expect((await anaOf(stage)).tags).toEqual(['lost']);
    await answers(stage, 'ana@mail.example');
    expect(await stage.reasons()).toMatchObject({ 'ana@mail.example': 'no_match' });
  });

  it('sends the text of otherwise to a contact who wrote before and did not answer in time', async () => {
    const stage = await asked(rules().replace('within: 24h', 'within: 1s'));
    await answers(stage, 'oh nice');
    await vi.waitFor(async () => {
      await stage.once();
      expect(said(stage)).toContain('No problem, it is on our page as well.');
    }, PATIENCE);
    expect((await anaOf(stage)).runs).toMatchObject([{ outcome: 'timed_out' }]);
  });

  it('sends nothing in shadow', async () => {
    const stage = await aStage({ rules: rules(), config: { mode: 'shadow' } });
    await stage.once();
    comment(stage);
    await stage.once();
    await answers(stage, 'ana@mail.example');
    expect(said(stage)).toEqual([]);
    expect(await anaOf(stage)).toMatchObject({ tags: [], fields: {}, runs: [] });
  });

  it('deletes all data of a forgotten contact, and keeps the counts', async () => {
    const stage = await asked();
    await answers(stage, 'ana@mail.example');
    await stage.store().forgetContact('ana', Date.now());
    expect(await stage.store().contacts({ limit: 10, contactId: 'ana' })).toEqual([]);
    expect(await figure(stage)).toMatchObject({ reached: 1, completed: 1 });
  });
});

describe('funnels and effects', { timeout: 90_000 }, () => {
  it('a rule with handoff sends its own text first, and is silent afterwards', async () => {
    const yaml = `
version: 1
rules:
  - { id: human, on: message, keywords: [human], reply: "Somebody will write to you.", handoff: "wants a human" }
  - { id: price, on: message, keywords: [price], reply: "From 20 EUR." }
`;
    const stage = await aStage({ rules: yaml });
    await stage.once();
    await answers(stage, 'a human please');
    await answers(stage, 'price?');
    expect(said(stage)).toEqual(['Somebody will write to you.']);
    expect(await stage.reasons()).toMatchObject({ 'a human please': 'replied', 'price?': 'paused' });
  });

  it('pause: true lasts until resume, also as a step', async () => {
    const stage = await asked(rules('- pause: true'));
    await answers(stage, 'ana@mail.example');
    expect(said(stage)).toContain('Have a nice day.');
    const by = { effect: 'pause', rule: 'guide-funnel' };
    expect((await stage.store().summary()).pauses).toEqual([{ scope: 'contact:ana', until: Infinity, by }]);
  });

  it('an answer written before the repeated question counts', async () => {
    const stage = await asked();
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'hm', at: Date.now() - 5 });
    await answers(stage, 'ana@mail.example');
    expect(said(stage)).toEqual(
      expect.arrayContaining(['Once more?', 'Thank you! It goes to ana@mail.example.']),
    );
    expect((await anaOf(stage)).runs).toMatchObject([{ outcome: 'completed' }]);
  });

  it('a question does not time out while the list with the answer cannot be read', async () => {
    const stage = await asked(rules().replace('within: 24h', 'within: 1s'));
    const stands = async () => (await anaOf(stage)).runs[0]!;
    const { deadline } = await stands();
    stage.sandbox.fault(({ path, method }) =>
      method === 'GET' && path.startsWith('/v2/messages') ? 'error_500_before' : 'none',
    );
    stage.sandbox.receive({ account: 'shop-ig', contact: ana, text: 'ana@mail.example' });
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(deadline! + 200), PATIENCE);
    await stage.once();
    expect((await stands()).state).toBe('waiting');
    stage.sandbox.fault(null);
    await stage.once();
    expect(await stands()).toMatchObject({ outcome: 'completed' });
  });

  it('a funnel run does not change while the program is in shadow', async () => {
    const stage = await asked();
    await stage.restart({ mode: 'shadow' });
    stage.sandbox.humanWrites({ account: 'shop-ig', contact: ana, text: 'Hello, Bea here' });
    await answers(stage, 'ana@mail.example');
    expect(await anaOf(stage)).toMatchObject({ fields: {}, tags: [], runs: [{ state: 'waiting' }] });
  });
});

describe('a rule with posts: [next]', { timeout: 90_000 }, () => {
  const NEXT = `
version: 1
rules:
  - { id: launch, on: comment, posts: [next], keywords: [guide], private_reply: "Here it is." }
`;
  const guided = (stage: Stage) =>
    stage.sandbox.sends().flatMap(({ kind, recipientId }) => (kind === 'message' ? [recipientId] : []));
  const by = (stage: Stage, person: string, post: string, ago = 0) =>
    stage.sandbox.comment({
      ...{ account: 'shop-ig', contact: person, text: 'guide', post },
      at: Date.now() - ago,
    });

  it('applies to the first post commented after it went live, and only to that', async () => {
    const stage = await aStage({ rules: rules() });
    await stage.once();
    by(stage, 'before', '501');
    await stage.once();
    await stage.restart({}, NEXT);
    await stage.once();
    by(stage, 'old-post', '501');
    by(stage, 'first', '601', 5);
    by(stage, 'other', '602');
    await stage.once();
    await stage.restart({}, NEXT.replace('Here it is.', 'Here it is!'));
    by(stage, 'later', '601');
    by(stage, 'other-again', '602');
    await stage.once();
    expect(guided(stage)).toEqual(['before', 'first', 'later']);
  });
});

/** The rules of recipes of the cookbook, with `origin` in place of the services that they call. */
function recipes(names: readonly string[], origin: string): string {
  const rulesOf = (name: string): string => {
    const text = readFileSync(new URL(`../../docs/cookbook/rules/${name}.yaml`, import.meta.url), 'utf8');
    return text.slice(text.indexOf('rules:\n') + 'rules:\n'.length, text.indexOf('\ntests:'));
  };
  const text = `version: 1\nrules:\n${names.map(rulesOf).join('\n')}\n`;
  return text.replace(/https:\/\/[a-z]+\.example/gu, origin);
}

describe('a webhook of a rule', { timeout: 90_000 }, () => {
  it('reaches a newsletter list, a CRM and a sheet in the form that each takes', async () => {
    const receiver = await aReceiver();
    vi.stubEnv('NEWSLETTER_KEY', 'key-of-the-list');
    vi.stubEnv('CRM_KEY', 'key-of-the-crm');
    vi.stubEnv('WORKFLOW_SECRET', 'for-the-test');
    onTestFinished(() => void vi.unstubAllEnvs());
    const names = ['23-newsletter', '24-crm', '25-sheet'];
    const stage = await aStage({
      rules: recipes(names, new URL(receiver.url).origin),
      config: { webhooks: { allowHosts: ['127.0.0.1'] } },
    });
    await stage.once();
    const bo = { id: 'bo/7', name: 'Bo "B" Ek', username: 'bo' };
    for (const texts of [
      ['sign me up', 'my quote: a "small" one', 'the link is broken & <b>old</b>'],
      ['ana@mail.example', '3'],
    ]) {
      for (const [index, text] of texts.entries())
        stage.sandbox.receive({ account: 'shop-ig', contact: [ana, bo, { ...ana, id: 'cy' }][index]!, text });
      await stage.once();
    }
    const [list, crm, sheet] = ['/api', '/v2', '/hooks'].map((path) =>
      receiver.received.find((each) => each.path.startsWith(path))!,
    );
    expect(receiver.received).toHaveLength(3);
    expect(list).toMatchObject({ method: 'POST', path: '/api/lists/42/members' });
    expect(list!.headers).toMatchObject({
      authorization: 'Bearer key-of-the-list',
      'content-type': 'application/json',
    });
    expect(JSON.parse(list!.body)).toEqual({
      email_address: 'ana@mail.example',
      status: 'pending',
      merge_fields: { FNAME: 'Ana' },
      tags: ['instagram', 'shop-ig'],
    });
    // Whatever a contact is called stays one segment of the path and one text of the JSON.
    expect(crm).toMatchObject({ method: 'PUT', path: '/v2/contacts/instagram-bo%2F7' });
    expect(crm!.headers).toMatchObject({ 'x-api-key': 'key-of-the-crm' });
    expect(JSON.parse(crm!.body)).toMatchObject({
      name: 'Bo "B" Ek',
      properties: { rooms: '3', stage: 'lead' },
    });
    expect(sheet!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(sheet!.headers['autoresponder-signature']).toMatch(/^t=\d+,v1=\w{64}$/u);
    const row = Object.fromEntries(new URLSearchParams(sheet!.body));
    expect(row).toMatchObject({ what: 'the link is broken & <b>old</b>', account: 'shop-ig' });
    // No secret is in the store, the journal, or a list for the owner.
    const kept = JSON.stringify([
      await stage.store().webhooks({ limit: 9 }),
      await stage.store().journal({ limit: 99 }),
    ]);
    expect(kept).not.toMatch(/key-of-the|for-the-test/u);
    expect(kept).toContain('Bearer ${NEWSLETTER_KEY}');
  });

  const withHook = async () => {
    const receiver = await aReceiver();
    vi.stubEnv('CRM_SECRET', 'for-the-test');
    onTestFinished(() => void vi.unstubAllEnvs());
    const hook = `- webhook: { url: "${receiver.url}", secret: "\${CRM_SECRET}" }`;
    const stage = await asked(rules(hook), { webhooks: { allowHosts: ['127.0.0.1'] } });
    return { receiver, stage };
  };

  it("sends the contact's data, signed, once", async () => {
    const { receiver, stage } = await withHook();
    await answers(stage, 'ana@mail.example');
    await stage.restart();
    await stage.once();
    expect(receiver.received).toHaveLength(1);
    const { headers, body } = receiver.received[0]!;
    expect(JSON.parse(body)).toMatchObject({
      rule: 'guide-funnel',
      account: { name: 'shop-ig', platform: 'instagram' },
      contact: { id: 'ana', tags: ['lead', 'guide'], fields: { email: 'ana@mail.example' } },
      event: { kind: 'message', text: 'ana@mail.example' },
    });
    const [, seconds = '', hex] =
      /^t=(\d+),v1=(\w+)$/u.exec(String(headers['autoresponder-signature'])) ?? [];
    expect(createHmac('sha256', 'for-the-test').update(`${seconds}.${body}`).digest('hex')).toBe(hex);
    expect(Math.abs(Number(seconds) * SECOND - Date.now())).toBeLessThan(60 * SECOND);
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/u);
    expect(await stage.store().webhooks({ limit: 10 })).toMatchObject([{ state: 'delivered' }]);
  });

  it('is retried when it is not accepted, with the same idempotency key', async () => {
    const { receiver, stage } = await withHook();
    receiver.status = 503;
    await answers(stage, 'ana@mail.example');
    const [waiting] = await stage.store().webhooks({ limit: 10 });
    expect(waiting).toMatchObject({ state: 'pending', attempts: 1, detail: 'responded with 503' });
    expect(waiting!.notBefore).toBeGreaterThan(Date.now());

    receiver.status = 200;
    await stage.store().discardWebhook(waiting!.id, Date.now());
    await stage.store().retryWebhook(waiting!.id, Date.now());
    await stage.once();
    expect(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(await stage.store().webhooks({ limit: 10 })).toMatchObject([{ state: 'delivered' }]);
  });
});
