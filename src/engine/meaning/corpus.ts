import type { ExampleSpec, Language } from '../../domain/meaning.js';
import type { Rule } from '../../domain/rule.js';
import { fold } from '../text/normalise.js';
import { withoutLinks } from '../text/links.js';
import { eachInSteps, finish, mapInSteps, type Steps } from '../../domain/steps.js';
import { backgroundOf } from './background.js';
import { wordsOf } from './features.js';
import { languagesOf } from './languages.js';

/** A rule with examples. */
export type ExampleRule = Pick<Rule, 'id'> & { readonly examples: ExampleSpec };

/** Rules with the same examples: a condition outside the text, such as opening hours, tells them apart. */
export interface Meaning {
  /** Key of the meaning: a hash of the examples. */
  readonly key: string;
  /** Rules that have exactly the examples of the meaning, in order of id. */
  readonly rules: readonly ExampleRule[];
}

/** A text that the model learns. */
export interface Row {
  readonly text: string;
  readonly words: readonly string[];
  /**
   * Index of the meaning of the text; for a `not` message the meaning that it must not have; -1 for a
   * background sentence.
   */
  readonly meaning: number;
  readonly kind: 'example' | 'not' | 'background';
}

/** Training data of a model, in an order that does not depend on the rule files. */
export interface Corpus {
  readonly hash: string;
  readonly meanings: readonly Meaning[];
  readonly languages: readonly Language[];
  readonly rows: readonly Row[];
  /** Index of the meaning, keyed by the words of an example; -1 if two meanings have the example. */
  readonly exact: ReadonlyMap<string, number>;
  /** Words of the `not` messages, keyed by meaning. */
  readonly refused: readonly ReadonlySet<string>[];
}

/**
 * Version of constants and background sentences, which is part of the hash, so that equal hashes mean equal
 * behaviour.
 */
const VERSION = 'meaning 3';
const LETTER = /\p{L}/u;

/** The words of a text in the form that is compared; empty if the text has no letter. */
export function comparedWords(text: string): readonly string[] {
  const bare = withoutLinks(text);
  // Tests the text as written, because folding turns signs such as ™ into letters.
  if (!LETTER.test(bare)) return [];
  const words = wordsOf(fold(bare));
  return words.some((word) => LETTER.test(word)) ? words : [];
}

type Compare = typeof comparedWords;

/** Number of texts per step. */
const PORTION = 20;

export function corpusOf(rules: readonly ExampleRule[]): Corpus {
  return finish(corpusInSteps(rules));
}

/** Like `corpusOf`, in steps. The words of each text are found once. */
export function* corpusInSteps(rules: readonly ExampleRule[]): Steps<Corpus> {
  const texts = new Set(rules.flatMap(({ examples }) => [...examples.texts, ...examples.not]));
  const known = new Map<string, readonly string[]>();
  yield* eachInSteps(texts, (text) => known.set(text, comparedWords(text)), PORTION);
  const compare: Compare = (text) => known.get(text) ?? comparedWords(text);
  const meanings = yield* meaningsOf(rules, compare);
  yield;
  const languages = yield* languagesIn(rules, compare);
  yield;
  const specs = meanings.flatMap(({ rules: [first] }) => (first ? [first.examples] : []));
  const exact = new Map<string, number>();
  const rows: Row[] = [];
  for (const [meaning, { texts }] of specs.entries()) {
    for (const [key, row] of rowsOf(texts, compare)) {
      rows.push({ ...row, meaning, kind: 'example' });
      exact.set(key, exact.has(key) ? -1 : meaning);
    }
    yield;
  }
  yield;
  const add = (texts: readonly string[], meaning: number, kind: Row['kind']): void => {
    for (const [key, row] of rowsOf(texts, compare))
      if (!exact.has(key)) rows.push({ ...row, meaning, kind });
  };
  for (const [meaning, { not }] of specs.entries()) add(not, meaning, 'not');
  add(languages.flatMap(backgroundOf), -1, 'background');
  yield;
  const hasher = createHasher();
  hasher.add(`${VERSION}\n${languages.join(' ')}`);
  yield* eachInSteps(
    rows,
    ({ kind, meaning, words }) => hasher.add(`\n${kind} ${meaning} ${words.join(' ')}`),
    5 * PORTION,
  );
  const refused = specs.map(({ not }) => keysOf(not, compare));
  return { hash: hasher.digits(), meanings, languages, rows, exact, refused };
}

function* meaningsOf(rules: readonly ExampleRule[], compare: Compare): Steps<readonly Meaning[]> {
  const byKey = new Map<string, ExampleRule[]>();
  for (const rule of [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = meaningKey(rule.examples, compare);
    const same = byKey.get(key);
    if (same) same.push(rule);
    else byKey.set(key, [rule]);
    yield;
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, same]) => ({ key, rules: same }));
}

const meaningKeys = new WeakMap<ExampleSpec, string>();

/** A key that is equal for rules with the same examples, in any order. Found once for each object. */
export function meaningKey(spec: ExampleSpec, compare: Compare = comparedWords): string {
  const known = meaningKeys.get(spec);
  if (known !== undefined) return known;
  const [texts, not] = [spec.texts, spec.not].map((each) => [...keysOf(each, compare)].sort().join('\n'));
  const key = textHash(`${texts}\n\n${not}`);
  meaningKeys.set(spec, key);
  return key;
}

function keysOf(texts: readonly string[], compare: Compare): ReadonlySet<string> {
  return new Set(texts.map((text) => compare(text).join(' ')).filter((key) => key !== ''));
}

/** The texts that have letters, without duplicates, in the order of their words. */
function rowsOf(
  texts: readonly string[],
  compare: Compare,
): readonly (readonly [string, Pick<Row, 'text' | 'words'>])[] {
  const rows = new Map<string, Pick<Row, 'text' | 'words'>>();
  for (const text of [...texts].sort()) {
    const words = compare(text);
    const key = words.join(' ');
    if (key !== '' && !rows.has(key)) rows.set(key, { text, words });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

function* languagesIn(rules: readonly ExampleRule[], compare: Compare): Steps<readonly Language[]> {
  const found = yield* mapInSteps(
    rules,
    ({ examples: { languages, texts } }) =>
      languages.length > 0
        ? languages
        : languagesOf(texts.map((text) => ({ folded: fold(text), words: compare(text) }))),
    1,
  );
  return [...new Set(found.flat())].sort();
}

/** A hash of 53 bits in hexadecimal digits. */
function textHash(text: string): string {
  const hasher = createHasher();
  hasher.add(text);
  return hasher.digits();
}

/** A hash of texts that arrive in parts; equal to that of the joined text. */
function createHasher(): { readonly add: (text: string) => void; readonly digits: () => string } {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  return {
    add(text) {
      for (let at = 0; at < text.length; at += 1) {
        const unit = text.charCodeAt(at);
        high = Math.imul(high ^ unit, 0x9e3779b1);
        low = Math.imul(low ^ unit, 0x5f356495);
      }
    },
    digits: () => digitsOf(high, low),
  };
}

function digitsOf(first: number, second: number): string {
  let [high, low] = [first, second];
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (0x1_0000_0000 * (0x1f_ffff & low) + (high >>> 0)).toString(16).padStart(14, '0');
}
