import { LIMITS } from '../domain/limits.js';
import type { KeywordSpec } from '../domain/rule.js';
import type { CheckPlace } from './context.js';
import { toKeywordSpec } from './defaults.js';
import type { RawKeywords } from './schema.js';
import { reportMisreadWord } from '../yaml/misread.js';
import type { Path, YamlSource } from '../yaml/source.js';

const LISTS = ['any', 'all', 'none'] as const;

/** Converts keywords of the right shape into a condition, and reports those that can never match. */
export function checkKeywords(raw: RawKeywords, place: CheckPlace): KeywordSpec {
  const spec = toKeywordSpec(raw);
  const { source, path } = place;
  const total = LISTS.reduce((sum, list) => sum + spec[list].length, 0);
  if (total === 0) {
    const fix = 'Write a list such as [price, cost], or { any: [price, cost] }.';
    source.report(path, { code: 'no-keyword', message: 'keywords: the list is empty', fix });
  }
  if (total > LIMITS.keywordsPerRule) {
    const message = `keywords: ${total} keywords, but a rule may have at most ${LIMITS.keywordsPerRule}`;
    source.report(path, { code: 'too-many', message, fix: 'Split the rule.' });
  }
  if (spec.typos > 0 && spec.match !== 'word') {
    const message = `typos: works only with match: word, not with match: ${spec.match}`;
    source.report([...path, 'typos'], {
      code: 'typos',
      message,
      fix: 'Remove typos, or write match: word.',
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
  reportMisreadDate(source, path);
  reportUnmeant(keyword, spec, source, path);
  if (spec.match !== 'regex' && keyword.length > LIMITS.keywordLength) {
    const message = `keywords: this one is longer than ${LIMITS.keywordLength} characters`;
    source.report(path, { code: 'out-of-range', message, fix: 'Use a part of it.' });
    return;
  }
  const problem = context.checkKeyword(keyword, { ...spec, typos: spec.match === 'word' ? spec.typos : 0 });
  if (problem === null) return;
  source.report(path, { code: 'bad-keyword', message: `keywords: ${source.describe(path)}: ${problem}` });
}

/**
 * YAML 1.1, which many tools use, has a date type. Here the same characters are text, and a reader cannot see
 * which of the two is meant.
 */
function reportMisreadDate(source: YamlSource, path: Path): void {
  const written = source.unquoted(path);
  if (written === null || !/^\d{4}-\d{1,2}-\d{1,2}$/u.test(written)) return;
  source.report(path, {
    code: 'needs-quotes',
    message: `keywords: ${written} without quotes is a date to many programs, but a text is meant`,
    fix: `Put it in quotes: "${written}".`,
  });
}

const CURLY = /^[“”„«‘‚](?<inner>.*)[“”»’‘]$/u;
const SLASHES = /^\/(?<inner>.+)\/[a-z]*$/u;
const COMMA = /\p{L}\s*[,，、]\s*\p{L}/u;

/**
 * Warns about keywords that look right but match nothing: in typographic quotes, between slashes, or several
 * keywords in one text.
 */
function reportUnmeant(keyword: string, { match }: KeywordSpec, source: YamlSource, path: Path): void {
  const warn = (code: string, message: string, fix: string): void =>
    source.report(path, { code, message: `keywords: ${message}`, fix, severity: 'warning' });
  if (match === 'regex') {
    const inner = SLASHES.exec(keyword)?.groups?.['inner'];
    if (inner === undefined) return;
    const message = 'the slashes are part of the pattern, so a text must contain them too';
    warn('keyword-slashes', message, `Write '${inner}'. Case is ignored unless case_sensitive: true.`);
    return;
  }
  const inner = CURLY.exec(keyword)?.groups?.['inner'];
  if (inner !== undefined) {
    const message = `${keyword}: these quotes are part of the keyword, so a text must contain them too`;
    warn('keyword-quotes', message, `Use the quotes of the keyboard, or none: "${inner}".`);
  } else if (COMMA.test(keyword)) {
    const parts = keyword.split(/[,，、]/u).map((part) => part.trim());
    const message = `"${keyword}" is one keyword, so a text must contain its comma too`;
    warn('keyword-comma', message, `For several, write a list: [${parts.join(', ')}].`);
  }
}
