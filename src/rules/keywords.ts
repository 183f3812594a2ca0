import { LIMITS } from '../domain/limits.js';
import type { KeywordSpec } from '../domain/rule.js';
import type { CheckPlace } from './context.js';
import { toKeywordSpec } from './defaults.js';
import type { RawKeywords } from './schema.js';
import { reportMisreadWord } from '../yaml/misread.js';

const LISTS = ['any', 'all', 'none'] as const;

/** Turns keywords of the right shape into a condition, and reports those that cannot be looked for. */
export function checkKeywords(raw: RawKeywords, place: CheckPlace): KeywordSpec {
  const spec = toKeywordSpec(raw);
  const { source, path } = place;
  const total = LISTS.reduce((sum, list) => sum + spec[list].length, 0);
  if (total === 0) {
    const mend = 'Write a list such as [price, cost], or { any: [price, cost] }.';
    source.report(path, { code: 'no-keyword', message: 'keywords: no keyword is named here', mend });
  }
  if (total > LIMITS.keywordsPerRule) {
    const message = `keywords: these are ${total}, and a rule has ${LIMITS.keywordsPerRule} at most`;
    source.report(path, { code: 'too-many', message, mend: 'Split the rule.' });
  }
  if (spec.typos > 0 && spec.match !== 'word') {
    const message = `typos: slips are forgiven only with match: word, not with match: ${spec.match}`;
    source.report([...path, 'typos'], {
      code: 'typos',
      message,
      mend: 'Remove typos, or write match: word.',
    });
  }
  for (const list of LISTS) {
    const listPath = Array.isArray(raw) ? path : [...path, list];
    spec[list].forEach((keyword, index) =>
      checkKeyword(keyword, spec, { ...place, path: [...listPath, index] }),
    );
  }
  return spec;
}

function checkKeyword(keyword: string, spec: KeywordSpec, { source, path, context }: CheckPlace): void {
  reportMisreadWord(source, path);
  if (spec.match !== 'regex' && keyword.length > LIMITS.keywordLength) {
    const message = `keywords: this one is longer than ${LIMITS.keywordLength} characters`;
    source.report(path, { code: 'out-of-range', message, mend: 'Use a part of it.' });
    return;
  }
  const problem = context.checkKeyword(keyword, { ...spec, typos: spec.match === 'word' ? spec.typos : 0 });
  if (problem === null) return;
  source.report(path, { code: 'bad-keyword', message: `keywords: ${source.describe(path)}: ${problem}` });
}
