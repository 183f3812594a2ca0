import { describe, expect, it } from 'vitest';
import { parseTexts } from '../../src/rules/load.js';
import { checkTemplate } from '../../src/actions/compose/render.js';
import { CONTEXT } from './context.js';

const REAL = { ...CONTEXT, checkTemplate };

function read(...texts: readonly string[]) {
  return parseTexts(
    texts.map((text, index) => ({ file: `${index}.yaml`, text: `version: 1\n${text}` })),
    REAL,
  );
}

describe('saved replies', () => {
  it('are texts, or texts by language, in the order of the files', () => {
    const checked = read(
      'saved_replies:\n  hours: "Hi {{ contact.first_name }}"\n  opening hours: { text: Nine. }\n',
      'saved_replies:\n  merci: { fr: Merci, en: Thanks, default: en }\n',
    );
    expect(checked.ok && checked.value.saved).toEqual([
      {
        name: 'hours',
        place: { file: '0.yaml', line: 3, column: 10 },
        reply: { texts: ['Hi {{ contact.first_name }}'] },
      },
      {
        name: 'opening hours',
        place: { file: '0.yaml', line: 4, column: 18 },
        reply: { texts: ['Nine.'] },
      },
      {
        name: 'merci',
        place: { file: '1.yaml', line: 3, column: 10 },
        reply: { texts: ['Thanks'], languages: { fr: ['Merci'], en: ['Thanks'] }, fallback: 'en' },
      },
    ]);
  });

  it.each([
    ['an unknown name', 'a: "Hi {{ contact.frist_name }}"', '`contact` has no `frist_name`', 3, 13],
    ['an unknown filter', 'a: "{{ contact.name | shout }}"', 'unknown filter `shout`', 3, 25],
    ['a name of comments', 'a: "{{ comment.text }}"', 'a message rule has no `comment`', 3, 10],
    ['a tag that reads files', 'a: "{% include \'x\' %}"', 'the tag `include` is not allowed', 3, 7],
    ['a name with a slash', '"a/b": Hi', 'is not the name of a saved reply', 3, 3],
    ['a list', 'a: [Hi]', 'is neither a text nor a block', 3, 6],
    ['several languages without a default', 'a: { fr: Oui, en: Sure }', 'need a default', 3, 6],
    ['an empty text', 'a: ""', 'is empty', 3, 6],
  ])('with %s are refused with the place', (_, written, message, ...[line, column]) => {
    const { findings } = { findings: [], ...read(`saved_replies:\n  ${written}\n`) };
    expect(findings[0]).toMatchObject({ file: '0.yaml', line, column });
    expect(findings[0]?.message).toContain(message);
    expect(findings[0]?.fix).not.toBe('');
  });

  it('have one name each in all files, and both places are reported', () => {
    const { findings } = { findings: [], ...read('saved_replies: { a: Hi }', 'saved_replies: { a: Ho }') };
    expect(findings).toMatchObject([
      { file: '1.yaml', line: 2, message: expect.stringContaining('0.yaml:2') as unknown },
    ]);
  });
});
