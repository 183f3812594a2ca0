import fc from 'fast-check';
import { Almanac, Engine, Rule, type TopLevelCondition } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/engine/evaluate.js';
import type { ResultNode } from '../../src/engine/fresh-conditions.js';

const FACTS = ['a', 'b', 'c'];
const OPERATORS = ['equal', 'notEqual', 'lessThan', 'greaterThanInclusive'];

const leaf = fc.record({
  fact: fc.constantFrom(...FACTS),
  operator: fc.constantFrom(...OPERATORS),
  value: fc.integer({ min: 0, max: 2 }),
});
const { branch } = fc.letrec<{ branch: TopLevelCondition; node: object }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('branch')),
  branch: fc.oneof(
    { depthSize: 'small' },
    fc.record({ all: fc.array(tie('node'), { maxLength: 4 }) }) as fc.Arbitrary<never>,
    fc.record({ any: fc.array(tie('node'), { maxLength: 4 }) }) as fc.Arbitrary<never>,
    fc.record({ not: tie('node') }) as fc.Arbitrary<never>,
  ),
}));

/** The tree with its results only: what `explain` reads. */
function resultsOf({ result, all, any, not, factResult }: ResultNode): object {
  return {
    ...(result === undefined ? {} : { result }),
    ...(factResult === undefined ? {} : { factResult }),
    ...(all ? { all: all.map(resultsOf) } : {}),
    ...(any ? { any: any.map(resultsOf) } : {}),
    ...(not ? { not: resultsOf(not) } : {}),
  };
}

interface LibraryResult {
  readonly result: boolean;
  readonly conditions: ResultNode;
}

/** The rule evaluated by the library alone, with its own almanac and copies. */
async function byLibrary(conditions: TopLevelCondition, facts: Readonly<Record<string, number>>) {
  const rule = new Rule({ conditions, event: { type: 'act' } });
  const almanac = new Almanac();
  for (const [name, value] of Object.entries(facts)) almanac.addFact(name, value);
  const evaluable = rule as unknown as {
    setEngine: (engine: Engine) => void;
    evaluate: (almanac: Almanac) => Promise<LibraryResult>;
  };
  evaluable.setEngine(new Engine());
  const { result, conditions: tree } = await evaluable.evaluate(almanac);
  return { matched: result, tree: resultsOf(tree) };
}

describe('conditions without copies', () => {
  const values = fc.record({
    a: fc.integer({ min: 0, max: 2 }),
    b: fc.integer({ min: 0, max: 2 }),
    c: fc.integer({ min: 0, max: 2 }),
  });

  it('have the results of json-rules-engine alone, condition by condition, each time', async () => {
    await fc.assert(
      fc.asyncProperty(branch, fc.array(values, { minLength: 1, maxLength: 3 }), async (conditions, all) => {
        const host = createHost({});
        const program = host.program('r', conditions);
        for (const facts of all) {
          const { matched, tree } = await program(host.know(facts));
          expect({ matched, tree: resultsOf(tree) }).toEqual(await byLibrary(conditions, facts));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep the results of each evaluation apart, also of those that run at the same time', async () => {
    const host = createHost({});
    const program = host.program('r', { all: [{ fact: 'a', operator: 'equal', value: 1 }] });
    const facts = [0, 1, 2].map((a) => host.know({ a: () => Promise.resolve(a) }));
    const results = await Promise.all(facts.map(program));
    expect(results.map(({ matched, tree }) => [matched, tree.all?.[0]?.factResult])).toEqual([
      [false, 0],
      [true, 1],
      [false, 2],
    ]);
  });

  it('pass params and paths on', async () => {
    const host = createHost({});
    const program = host.program('r', {
      all: [{ fact: 'shop', operator: 'equal', value: 'Ana', params: { of: 'contact' }, path: 'name' }],
    });
    const shop = ({ of }: { readonly of: string }) => ({ name: of === 'contact' ? 'Ana' : 'nobody' });
    expect((await program(host.know({ shop }))).matched).toBe(true);
  });
});
