import { describe, expect, it } from 'vitest';
import { interpolate } from '../../src/yaml/interpolate.js';

describe('a ${NAME} reference', () => {
  it.each([
    ['${A}', { A: 'x' }, 'x'],
    ['a ${A} b ${B}', { A: 'x', B: 'y' }, 'a x b y'],
    ['${A:-d}', {}, 'd'],
    ['${A:-d}', { A: '' }, 'd'],
    ['${A:-}', {}, ''],
    ['${A}', { A: '' }, ''],
    ['${A:-http://x:1}', {}, 'http://x:1'],
    ['${A}', { A: '${B}', B: 'no' }, '${B}'],
    ['${A}', { A: '$& $1' }, '$& $1'],
    ['$A {A} 20$', { A: 'x' }, '$A {A} 20$'],
  ])('%j with environment %j becomes %j', (text, env, expected) => {
    expect(interpolate(text, env)).toMatchObject({ text: expected, missing: [], malformed: [] });
  });

  it('is reported by name when the variable is missing', () => {
    expect(interpolate('${A} ${B:-x}', {}).missing).toEqual(['A']);
  });

  it.each(['${}', '${1A}', '${a b}', '${A', '${A-x}'])('%j is not a reference', (text) => {
    expect(interpolate(text, { A: 'x' }).malformed).toEqual([text]);
  });
});
