import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/domain/rule.js';
import { finish, type Steps } from '../../src/domain/steps.js';
import { compileSet, compileSetInSteps } from '../../src/engine/rule-set.js';
import { joinParts, orderedRules, type RulePart } from '../../src/rules/parts.js';
import { aRule, keywords } from '../builders.js';
import { draws } from '../draws.js';

const part = (file: string, rules: readonly Rule[]): RulePart => ({
  ...{ file, hash: file, rules, saved: [], warnings: [], groups: [], uses: [], names: [], meanings: [] },
});
const byExamples = {
  keywords: null,
  examples: { texts: ['one'], not: [], mode: 'live', isRanked: false } as unknown as NonNullable<
    Rule['examples']
  >,
};

/** Parts of 5,000 rules that note which of them are read. */
function observed(read: Set<Rule>, more: (n: number) => Partial<Rule>): readonly RulePart[] {
  const ruleOf = (n: number): Rule => {
    const rule: Rule = new Proxy(aRule({ id: `r${n}`, ...more(n) }), {
      get(target, key) {
        read.add(rule);
        return Reflect.get(target, key) as unknown;
      },
    });
    return rule;
  };
  return Array.from({ length: 50 }, (_, file) =>
    part(
      `${file}.yaml`,
      Array.from({ length: 100 }, (_, n) => ruleOf(file * 100 + n)),
    ),
  );
}

/** Runs the steps. Returns their result, and the largest number of rules that one of them read. */
function mostRead<T>(steps: Steps<T>, read: Set<Rule>): readonly [T, number] {
  let most = 0;
  for (;;) {
    read.clear();
    const step = steps.next();
    most = Math.max(most, read.size);
    if (step.done === true) return [step.value, most];
  }
}

describe('the rules of many files', () => {
  it('are ordered by priority, then file, then position', () => {
    const priorities = fc.array(fc.array(fc.constantFrom(-1, 0, 0, 0, 2, 2.5)));
    fc.assert(
      fc.property(priorities, (files) => {
        const parts = files.map((all, file) =>
          part(
            `${file}`,
            all.map((priority, n) => aRule({ id: `${file}-${n}`, priority })),
          ),
        );
        const sorted = parts.flatMap(({ rules }) => rules).sort((a, b) => b.priority - a.priority);
        expect(finish(orderedRules(parts))).toEqual(sorted);
      }),
      { numRuns: draws(50) },
    );
  });

  it('with examples come behind those with keywords of their kind, in their order', () => {
    const rules = [
      aRule({ id: 'a', ...byExamples }),
      aRule({ id: 'b', on: 'comment', ...byExamples }),
      aRule({ id: 'c', keywords: keywords({ any: ['x'] }) }),
      aRule({ id: 'd', ...byExamples }),
      aRule({ id: 'e', keywords: keywords({ any: ['y'] }) }),
      aRule({ id: 'f', ...byExamples }),
    ];
    const ordered = finish(orderedRules([part('all.yaml', rules)]));
    expect(ordered.map(({ id }) => id).join('')).toBe('bceadf');
  });

  it.each([
    ['of one priority', () => ({})],
    ['of many priorities', (n: number) => ({ priority: n % 7 })],
  ])('%s are joined and compiled one or two hundred at a time', (_, more) => {
    const read = new Set<Rule>();
    const withKeywords = (n: number) => ({ keywords: keywords({ any: [`word${n}`] }), ...more(n) });
    const parts = observed(read, withKeywords);
    const [joined, ofJoining] = mostRead(joinParts(parts), read);
    const rules = joined?.rules ?? [];
    const before = compileSet(rules.slice(1), [], () => null);
    const [set, ofCompiling] = mostRead(compileSetInSteps(rules, [], { holidays: () => null, before }), read);
    expect(set.written).toHaveLength(5_000);
    expect(Math.max(ofJoining, ofCompiling)).toBeLessThanOrEqual(200);
  });
});
