import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/engine/evaluate.js';

const operators = { longerThan: (text: string, length: number) => text.length > length };

describe('the adapter for json-rules-engine', () => {
  it('evaluates rules with the method that is missing from the library’s types', async () => {
    const host = createHost(operators);
    const program = host.program('r', { all: [{ fact: 'text', operator: 'longerThan', value: 3 }] });
    expect(await program(host.know({ text: 'price' }))).toMatchObject({
      matched: true,
      tree: { all: [{ result: true, factResult: 'price' }] },
    });
    expect((await program(host.know({ text: 'hi' }))).matched).toBe(false);
  });

  it('loses no rule when decisions overlap, as one shared engine would', async () => {
    const host = createHost(operators);
    const facts = Array.from({ length: 5 }, (_, n) => ({ fact: `f${n}`, operator: 'equal', value: n }));
    const programs = facts.map((condition, n) => host.program(`r${n}`, { all: [condition] }));
    const slow = (value: number) => async () => {
      for (let turns = 0; turns < value; turns += 1) await Promise.resolve();
      return value;
    };
    const decisions = Array.from({ length: 100 }, async () => {
      const known = host.know(Object.fromEntries(facts.map((_, n) => [`f${n}`, slow(n)])));
      return Promise.all(programs.map(async (program) => (await program(known)).matched));
    });
    expect((await Promise.all(decisions)).flat().filter((matched) => !matched)).toEqual([]);
  });

  it('reads own properties by name and follows no path expression', async () => {
    const host = createHost(operators);
    const at = (path: string) =>
      host.program('r', { all: [{ fact: 'contact', path, operator: 'equal', value: 'Ana' }] })(
        host.know({ contact: { name: 'Ana' } }),
      );
    expect((await at('name')).matched).toBe(true);
    for (const path of ['$.name', '$..name', '$[?(@.name)]', '__proto__', 'constructor']) {
      expect((await at(path)).matched).toBe(false);
    }
  });
});
