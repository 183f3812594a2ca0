import { describe, expect, it } from 'vitest';
import { findingsOf } from './linted.js';

/** The findings `outside-window` about a rule. */
async function found(rule: string) {
  const all = await findingsOf(`version: 1\nrules:\n  - ${rule}\n`);
  return all.filter(({ code }) => code === 'outside-window');
}

const META = 'platforms: [instagram, facebook]';
const message = (then: string, more = META, otherwise = 'reply: Bye') =>
  `{ id: f, on: message, keywords: [hello], reply: Hi, ${more}, then: [${then}], otherwise: { ${otherwise} } }`;
const comment = (then: string) =>
  `{ id: f, on: comment, keywords: [guide], private_reply: "E-mail?", then: [${then}], otherwise: { reply: Bye } }`;
const ask = (more: string) => `{ ask: { text: "E-mail?", expect: email, save: email${more} } }`;
const unasked = (more: string) => `{ ask: { expect: email, save: email${more} } }`;
/** Two ways to what follows, each with a wait. */
const branch = (one: string, other: string) =>
  `{ if: { when: { fact: first_contact, operator: equal, value: true }, then: [{ wait: ${one} }], else: [{ wait: ${other} }] } }`;

describe('a reply in otherwise that a contact who stays silent never gets', () => {
  it.each([
    ['the default', message(ask('')), ['23h']],
    ['a day', message(ask(', within: 24h')), ['23h']],
    ['more', message(ask(', within: 3d')), ['23h']],
    ['a little less', message(ask(', within: 1439m')), []],
    ['an hour less', message(ask(', within: 23h')), []],
    ['no text in otherwise', message(ask(''), META, 'tag: silent'), []],
    ['a wait before it', message(`{ wait: 2h }, ${ask(', within: 22h')}`), ['21h']],
    ['a shorter wait before it', message(`{ wait: 1h }, ${ask(', within: 22h')}`), []],
    ['the way with the shorter wait', message(`${branch('1h', '5h')}, ${ask(', within: 22h')}`), []],
    ['two ways with a wait', message(`${branch('2h', '5h')}, ${ask(', within: 22h')}`), ['21h']],
    [
      'a wait that a message does not end',
      message(`{ wait: { for: 5h, on_message: keep } }, ${ask(', within: 22h')}`),
      [],
    ],
    ['a delay of the question', message(ask(', delay: 3h, within: 21h')), ['20h']],
    [
      'a delay of the text before',
      message(`{ reply: { text: Look, delay: 3h } }, ${unasked(', within: 21h')}`),
      ['20h'],
    ],
    [
      'a delay before a wait',
      message(`{ reply: { text: Look, delay: 3h } }, { wait: 2h }, ${ask(', within: 20h')}`),
      ['18h'],
    ],
    ['a delay of otherwise', message(ask(', within: 23h'), META, 'reply: { text: Bye, delay: 1h }'), ['22h']],
    ['a wait as long as the window', message(`{ wait: 23h }, ${ask(', within: 2h')}`), [null]],
    ['two questions', message(`${ask('')}, ${ask(', within: 2h')}, ${ask(', within: 25h')}`), ['23h', '23h']],
    [
      'a wait before an answered question',
      message(`{ wait: 5h }, ${ask(', within: 2h')}, ${ask(', within: 20h')}`),
      [],
    ],
    [
      'a question of a case',
      message(`{ ask: { text: "?", expect: { choice: [a, b] }, within: 1h, cases: { a: [${ask('')}] } } }`),
      ['23h'],
    ],
    ['every platform, of which one has a window', message(ask(''), 'once_per: 1h'), ['23h']],
    ['a platform without a window', message(ask(''), 'platforms: [twitter]'), []],
    ['a comment, whose author has not written', comment(unasked('')), []],
    ['a comment, whose author wrote something else', comment(unasked(', retry: "Once more?"')), ['23h']],
    ['the same in time', comment(unasked(', retry: "Once more?", within: 23h')), []],
    ['a comment, after the first answer', comment(`${unasked(', within: 3d')}, ${ask('')}`), ['23h']],
  ] as const)('%s', async (_, rule, fixes) => {
    const expected = fixes.map((fix) =>
      fix === null ? 'Shorten the waits and delays before it.' : `Write within: ${fix}, or less.`,
    );
    expect((await found(rule)).map(({ fix }) => fix)).toEqual(expected);
  });

  it('is reported at within, else at the question', async () => {
    const rule = message(`{ wait: 2h }, ${ask(', within: 24h')}`, 'once_per: 1h');
    const [finding] = await found(rule);
    expect(finding).toMatchObject({
      severity: 'warning',
      line: 3,
      column: 5 + rule.indexOf('24h'),
      message:
        'a contact who stays silent never gets the reply in otherwise: it is due 26 h after their last message, and the messaging window of instagram and facebook closes after 24 h',
    });
    const [other] = await found(message(ask('')));
    expect(other).toMatchObject({ line: 3, column: 5 + message(ask('')).indexOf('{ text:') });
  });
});
