import type { Finding } from '../../domain/finding.js';
import type { Condition, KeywordSpec, Rule } from '../../domain/rule.js';
import { warningAt } from './warning.js';

/** In scripts that write words with letters; two characters of Chinese are a word of their own. */
const SHORT =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]{1,2}$/u;

type Keywords = Pick<KeywordSpec, 'any' | 'all' | 'none' | 'match'>;

/** Keywords of one or two letters that are looked for inside words: "hi" is in "shipping". */
export function shortKeywords(rules: readonly Rule[]): readonly Finding[] {
  return rules.flatMap((rule) => {
    const specs = [...(rule.keywords === null ? [] : [rule.keywords]), ...inCondition(rule.when)];
    const short = specs
      .filter((spec) => spec.match === 'contains')
      .flatMap((spec) => [...spec.any, ...spec.all, ...spec.none])
      .filter((keyword) => SHORT.test(keyword.trim()));
    return [...new Set(short)].map((keyword) =>
      warningAt(rule.place, {
        code: 'short-keyword',
        message: `the rule "${rule.id}" looks for "${keyword}" inside words too, where it is by chance`,
        mend: 'Write match: word.',
      }),
    );
  });
}

function inCondition(condition: Condition | null): readonly Keywords[] {
  if (condition === null) return [];
  if ('all' in condition) return condition.all.flatMap(inCondition);
  if ('any' in condition) return condition.any.flatMap(inCondition);
  if ('not' in condition) return inCondition(condition.not);
  const { fact, params } = condition;
  return fact === 'keywords' && isKeywords(params) ? [params] : [];
}

function isKeywords(params: unknown): params is Keywords {
  return typeof params === 'object' && params !== null && 'match' in params && 'any' in params;
}
