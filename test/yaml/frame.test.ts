import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/finding.js';
import { codeFrame, formatFinding } from '../../src/yaml/frame.js';

const FINDING: Finding = {
  severity: 'error',
  code: 'unknown-key',
  message: 'unknown key "a"',
  fix: 'Remove it.',
  file: 'faq.yaml',
  line: 2,
  column: 3,
  frame: '> 2 | a: 1\n    | ^',
};

describe('a code frame', () => {
  it('shows two lines before and after, with the caret under the place', () => {
    const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    expect(codeFrame(lines, { line: 4, column: 2, length: 3 })).toBe(
      ['  2 | two', '  3 | three', '> 4 | four', '    |  ^^^', '  5 | five', '  6 | six'].join('\n'),
    );
  });

  it('aligns line numbers of different length', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
    expect(codeFrame(lines, { line: 10, column: 1, length: 4 })).toBe(
      [
        '   8 | line 8',
        '   9 | line 9',
        '> 10 | line 10',
        '     | ^^^^',
        '  11 | line 11',
        '  12 | line 12',
      ].join('\n'),
    );
  });

  it('keeps the caret in place after wide characters', () => {
    expect(codeFrame(['价格 x'], { line: 1, column: 4, length: 1 })).toBe('> 1 | 价格 x\n    |      ^');
  });

  it('truncates a long line around the place', () => {
    const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
    const [shown = '', caret = ''] = codeFrame([line], { line: 1, column: 501, length: 1 }).split('\n');
    expect(shown.length).toBeLessThan(120);
    expect(shown[caret.indexOf('^')]).toBe('X');
  });

  it('marks the place after the last line', () => {
    expect(codeFrame(['a: "x'], { line: 2, column: 1, length: 1 })).toBe('  1 | a: "x\n> 2 |\n    | ^');
  });
});

describe('a printed finding', () => {
  it('is printed as place, message, lines and fix', () => {
    expect(formatFinding(FINDING)).toBe(
      'faq.yaml:2:3: error: unknown key "a"\n  > 2 | a: 1\n      | ^\n  fix: Remove it.',
    );
  });

  it('about a whole file has no line', () => {
    expect(formatFinding({ ...FINDING, line: 1, column: 1, frame: '', fix: null })).toBe(
      'faq.yaml: error: unknown key "a"',
    );
  });

  it('can be coloured part by part', () => {
    const painted = formatFinding(FINDING, (part, text) => `<${part}>${text}</${part}>`);
    expect(painted).toContain('faq.yaml:2:3: <error>error:</error> unknown key');
    expect(painted).toContain('  <fix>fix:</fix> Remove it.');
  });
});
