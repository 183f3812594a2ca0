import { describe, expect, it } from 'vitest';
import { interpolate } from '../../src/yaml/interpolate.js';

describe('a reference to the environment', () => {
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
  ])('%j with %j is %j', (text, env, expected) => {
    expect(interpolate(text, env)).toMatchObject({ text: expected, missing: [], malformed: [] });
  });

  it('is missed by its name', () => {
    expect(interpolate('${A} ${B:-x}', {}).missing).toEqual(['A']);
  });

  it.each(['${}', '${1A}', '${a b}', '${A', '${A-x}'])('%j is none', (text) => {
    expect(interpolate(text, { A: 'x' }).malformed).toEqual([text]);
  });
});
