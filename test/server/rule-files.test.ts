import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/server/line-diff.js';
import { setInEntry } from '../../src/yaml/edit.js';

describe('setInEntry', () => {
  const block = `version: 1 # one
rules:
  - id: a # the first
    on: message
    # kept
    mode: shadow   # for now
  - { id: b, on: message, keywords: [x] } # flow
  - reply: "c"
    id: c
`;
  it.each([
    ['a', { mode: 'live' }, '    mode: live   # for now'],
    ['a', { enabled: 'false' }, '  - id: a # the first\n    enabled: false\n    on: message'],
    ['b', { enabled: 'true', mode: 'live' }, '{ id: b, mode: live, enabled: true, on: message'],
    ['c', { mode: 'shadow' }, '    id: c\n    mode: shadow\n'],
  ])('sets %s: %j, and keeps the rest', (id, values, expected) => {
    const text = setInEntry(block, 'rules', id, values) ?? '';
    expect(text).toContain(expected);
    const added = text.split('\n').filter((line) => !block.includes(line));
    expect(added.length).toBeLessThanOrEqual(1);
    for (const comment of ['# one', '# the first', '# kept', '# for now', '# flow'])
      expect(text).toContain(comment);
  });

  it('keeps the line ends of the file', () => {
    expect(setInEntry('rules:\r\n  - id: a\r\n    on: message\r\n', 'rules', 'a', { mode: 'live' })).toBe(
      'rules:\r\n  - id: a\r\n    mode: live\r\n    on: message\r\n',
    );
  });

  it.each([
    ['an id that is not there', 'rules: [{ id: b }]'],
    ['an alias', 'x: &a { id: a }\nrules: [*a]'],
    ['a text that is not YAML', 'rules: [{ id: a }'],
    ['no list', 'rules: 1'],
  ])('refuses %s', (_, text) => {
    expect(setInEntry(text, 'rules', 'a', { mode: 'live' })).toBeNull();
  });
});

describe('lineDiff', () => {
  const said = (before: string, after: string) =>
    lineDiff(before, after).map(
      ({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`,
    );

  it('shows the changed lines with three lines around them', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    const changed = lines.with(10, 'new').toSpliced(5, 1);
    expect(said(lines.join('\n'), changed.join('\n'))).toEqual([
      ...[2, 3, 4].map((n) => ` line ${n}`),
      '-line 5',
      ...[6, 7, 8, 9].map((n) => ` line ${n}`),
      '-line 10',
      '+new',
      ...[11, 12, 13].map((n) => ` line ${n}`),
    ]);
    expect(said('a', 'a')).toEqual([]);
  });

  it('shows a change of thousands of lines as a whole', () => {
    const [before, after] = ['a', 'b'].map((name) =>
      Array.from({ length: 2_500 }, (_, n) => `${name}${n}`).join('\n'),
    );
    expect(said(before ?? '', after ?? '')).toHaveLength(5_000);
  });
});
