import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/project/pool.js';

describe('a pool of equal values', () => {
  it('keeps one of several equal lists and records', () => {
    const pooled = createPool();
    const [a, b] = [pooled({ to: ['x', 'y'], at: 1 }), pooled({ to: ['x', 'y'], at: 2 })];
    expect(a).toEqual({ to: ['x', 'y'], at: 1 });
    expect(b.to).toBe(a.to);
  });

  const date = new Date(0);
  it.each<[string, unknown, unknown]>([
    ['a number and its text', [1], ['1']],
    ['null and its text', [null], ['null']],
    ['infinite and null', { time: Infinity }, { time: null }],
    ['infinite and its text', [Infinity], ['Infinity']],
    ['undefined and missing', { a: undefined }, {}],
    ['an empty list and an empty record', [], {}],
    ['a list and a record with its indexes', ['x'], { 0: 'x' }],
    ['texts with signs of the encoding', ['a,1"b'], ['a', 'b']],
    ['keys with signs of the encoding', { 'a=1"x,b': 'y' }, { a: 'x', b: 'y' }],
    ['the same keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['a text that looks like a shared part', [['x']], ['#0']],
    ['minus zero and zero', [-0], [0]],
    ['two objects of a class', [date], [new Date(1)]],
  ])('keeps apart: %s', (_, a, b) => {
    const pooled = createPool();
    const [first, second] = [pooled(a), pooled(b)];
    expect(first).toStrictEqual(a);
    expect(second).toStrictEqual(b);
    expect(Object.keys(second as object)).toEqual(Object.keys(b as object));
  });
});
