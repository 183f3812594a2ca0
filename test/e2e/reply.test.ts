import { describe, expect, it } from 'vitest';
import { aProject, PROCESSES } from './cli.js';

const RULES = `version: 1
saved_replies:
  hours: "Hi {{ contact.first_name }}, we open at 9. {{ account.name }}"
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
    const reply = (...more: readonly string[]) =>
      cli('reply', '--conversation', conversationId ?? '', ...more);
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
