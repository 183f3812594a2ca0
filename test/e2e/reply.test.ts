import { describe, expect, it } from 'vitest';
import { aProject, PROCESSES } from './cli.js';

const RULES = `version: 1
saved_replies:
  hours: "Hi {{ contact.first_name | default: 'there' }}, we open at 9. {{ account.name }}"
  size: "Size {{ contact.fields.order }} is in stock."
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
`;
const CONFIG = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe.concurrent('reply --saved', PROCESSES, () => {
  it('fills in the fields of the contact, and refuses a missing value before anything is sent', async (test) => {
    const { cli, sandbox } = await aProject(test, { rules: RULES, config: CONFIG });
    const contact = { id: 'ana', name: 'Dr. Ana {{ now }} Díaz' };
    const { conversationId } = sandbox.receive({ account: 'shop-ig', contact, text: 'hello' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const reply = (...more: readonly string[]) => cli('reply', '--conversation', conversationId, ...more);
    for (const [more, fault] of [
      [[], /give --text TEXT, or --saved NAME/u],
      [['--text', 'Hi', '--saved', 'hours'], /give --text TEXT, or --saved NAME/u],
      [['--saved', 'hour'], /no saved reply "hour"; fix: take one of: hours, size/u],
      [['--saved', 'size'], /not sent: saved reply "size": contact.fields.order has no value here/u],
      [
        ['--text', 'Hi {{ contact.first_name }}'],
        /nothing fills in \{\{ contact.first_name \}\} here; fix: /u,
      ],
      [['--text', 'Hi {% if x %}'], /nothing fills in \{% if x %\} here; fix: /u],
    ] as const) {
      const { code, stderr } = await reply(...more);
      expect({ code, stderr }).toEqual({ code: 1, stderr: matching(fault) });
    }
    expect(await reply('--saved', 'hours')).toMatchObject({ code: 0 });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    expect(sandbox.sends().map(({ text }) => text)).toEqual([matching(/^Hi Ana, we open at 9\. shop-ig$/u)]);
  });
});

describe.concurrent('reply --conversation', PROCESSES, () => {
  it('takes the id of a message as well, and counts as a human in a replay', async (test) => {
    const { cli, sandbox } = await aProject(test, { rules: RULES, config: CONFIG });
    const { id } = sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'hello' });
    await cli('run', '--once');
    const unknown = await cli('reply', '--conversation', 'none', '--text', 'Hi');
    expect(unknown).toMatchObject({
      code: 1,
      stderr: matching(/no message, conversation or contact with the id "none" is in the store; fix: /u),
    });
    expect(await cli('reply', '--conversation', id, '--text', 'Hi Ana')).toMatchObject({ code: 0 });
    await cli('run', '--once');
    expect(sandbox.sends().map(({ text }) => text)).toEqual(['Hi Ana']);
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await cli('run', '--once');
    expect((await cli('journal')).stdout).toContain('human_active');
    const { stdout } = await cli('replay', '--since', '1d', '--json');
    const decided = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; reason: string });
    expect(decided.map(({ reason }) => reason)).toEqual(['no_match', 'own_message', 'human_active']);
  });
});

describe.concurrent('reply to a row of journal', PROCESSES, () => {
  it('takes a contact by id or name, as journal shows them', async (test) => {
    const { cli, sandbox } = await aProject(test, { rules: RULES, config: CONFIG });
    const text = 'hello';
    sandbox.comment({ account: 'shop-ig', contact: { id: 'cy', name: 'Cy', username: 'cy.c' }, text });
    for (const contact of [
      { id: 'ana 1', name: 'Ana' },
      { id: 'ben-1', name: 'Ben' },
      { id: 'ben-2', name: 'Ben' },
    ]) {
      sandbox.receive({ account: 'shop-ig', contact, text });
    }
    for (const account of ['shop-ig', 'shop-x']) sandbox.receive({ account, contact: 'dia', text });
    await cli('run', '--once');
    const { stdout, stderr } = await cli('journal');
    for (const shown of [' Ana ', ' Ben (ben-1) ', ' Ben (ben-2) ']) expect(stdout).toContain(shown);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stderr).toMatch(
      /^To reply by hand: `autoresponder reply --conversation \S.* --text` and the text/u,
    );
    for (const [who, fault] of [
      ['Ben', /2 contacts have the name "Ben"; fix: give the id of one: ben-1 \(Ben\), ben-2 \(Ben\)$/mu],
      ['dia', /not sent: dia wrote to shop-ig and shop-x; fix: give the id of the message/u],
      ['cy', /not sent: cy( \(.*\))? has no decided message; fix: give --comment ID for their comment/u],
    ] as const) {
      const refused = await cli('reply', '--conversation', who, '--text', 'Hi');
      expect(refused).toMatchObject({ code: 1, stderr: matching(fault) });
    }
    for (const who of ['ana', 'ben-2']) {
      expect(await cli('reply', '--conversation', who, '--text', `Hi ${who}`)).toMatchObject({ code: 0 });
    }
    await cli('run', '--once');
    const sent = sandbox.sends().map((send) => send.text);
    expect(sent.toSorted()).toEqual(['Hi ana', 'Hi ben-2']);
    sandbox.receive({ account: 'shop-ig', contact: { id: 'ana 1', name: 'Ana' }, text });
    await cli('run', '--once');
    expect((await cli('journal')).stderr).toContain("`autoresponder reply --conversation 'ana 1' --text`");
  });
});

describe.concurrent('reply --comment', PROCESSES, () => {
  it('replies in public, or by the only private reply, and pauses automation for the person', async (test) => {
    const { cli, sandbox } = await aProject(test, { rules: RULES, config: CONFIG });
    const { id } = sandbox.comment({ account: 'shop-ig', contact: 'ana', text: 'nice' });
    const other = sandbox.comment({ account: 'shop-ig', contact: 'bea', text: 'nice too' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const reply = (...more: readonly string[]) => cli('reply', ...more);
    for (const [more, fault] of [
      [['--text', 'Hi'], /give --conversation WHO for a message, or --comment ID/u],
      [['--comment', 'none', '--text', 'Hi'], /no comment none; fix: /u],
      [['--conversation', 'c', '--private', '--text', 'Hi'], /a message has no private reply; fix: /u],
      [['--comment', id, '--saved', 'size'], /not sent: saved reply "size": /u],
    ] as const) {
      const { code, stderr } = await reply(...more);
      expect({ code, stderr }).toEqual({ code: 1, stderr: matching(fault) });
    }
    expect(await reply('--comment', id, '--text', 'Thank you!')).toMatchObject({ code: 0 });
    expect(await reply('--comment', `comment:${id}`, '--private', '--saved', 'hours')).toMatchObject({
      code: 0,
    });
    const { code, stderr } = await reply('--comment', id, '--private', '--text', 'again');
    expect({ code, stderr }).toEqual({ code: 1, stderr: matching(/not sent: .*cli used it/u) });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    sandbox.receive({ account: 'shop-ig', contact: 'bea', text: 'price?' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const sends = sandbox.sends().map(({ kind, text, recipientId }) => [kind, recipientId, text]);
    expect(sends.sort()).toEqual([
      ['comment', 'ana', 'Thank you!'],
      ['message', 'ana', matching(/we open at 9/u)],
      ['message', 'bea', 'From 20 EUR.'],
    ]);
    expect(other.id).not.toBe(id);
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const journal = lines((await cli('journal', '--json')).stdout);
    expect(journal.find(({ text }) => text === 'price?')).toMatchObject({
      reason: expect.anything() as unknown,
    });
    const reasons = journal.filter(({ text }) => text === 'price?').map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['human_active', 'replied']);
    const outbox = lines((await cli('outbox', 'list', '--all', '--json')).stdout);
    expect(
      outbox
        .filter(({ by }) => by === 'human')
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['comment_reply', 'private_reply']);
  });
});
