import type { Example, Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { LEAST_SCORE } from '../engine/meaning/constants.js';
import { comparedWords, type Corpus } from '../engine/meaning/corpus.js';
import { isOneWord } from '../engine/meaning/features.js';
import { judge, type Judged } from '../engine/meaning/train.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { exampleOf, plainSample } from './trial.js';
import { type RuleWarning, type Warning, warnOfRule } from './warning.js';

/**
 * Minimum number of examples: with fewer, a rule matches less than half of the messages that it is meant for.
 */
const ENOUGH = 5;

type List = 'examples' | 'not';

/**
 * Examples that do not serve their rule: too few, a single word, duplicates, in two rules, closer to another
 * rule; and `not` messages that resemble their rule anyway.
 */
export function exampleFindings(parts: LintParts): readonly Finding[] {
  const own = parts.rules.rules.flatMap((rule) =>
    shapeWarnings(rule).map(([path, warning]) => warnOfRule(parts.rules, rule, path, warning)),
  );
  const enabled = new Map(parts.rules.rules.filter(({ enabled: on }) => on).map((rule) => [rule.id, rule]));
  const compared = parts.set.meanings.corpora().flatMap((corpus) => comparedFindings(corpus, enabled, parts));
  // A rule that belongs to several scopes is checked in each.
  const first = new Map(
    [...own, ...compared].map((finding) => [
      `${finding.file}:${finding.line}:${finding.column} ${finding.code}`,
      finding,
    ]),
  );
  return [...first.values()];
}

function shapeWarnings(rule: Rule): readonly RuleWarning[] {
  if (!rule.examples) return [];
  const { texts } = rule.examples;
  const found: RuleWarning[] = [];
  const keys = texts.map((text) => comparedWords(text));
  const distinct = new Set(keys.map((words) => words.join(' ')));
  // Rules of a FAQ table are exempt: a row rarely has more than one or two questions.
  if (distinct.size < ENOUGH && !rule.id.includes('/')) {
    const message = `the rule "${rule.id}" has ${distinct.size} examples: with fewer than ${ENOUGH} it stays silent most of the time`;
    found.push([['examples'], { code: 'few-examples', message, fix: 'Add questions from the journal.' }]);
  }
  for (const [index, words] of keys.entries()) {
    const text = texts[index] ?? '';
    if (isOneWord(words) && !/\s/u.test(text.trim())) {
      const message = `the example "${text}" is a single word`;
      const fix = `Write keywords: ["${text}"], which matches it anywhere.`;
      found.push([['examples', index], { code: 'one-word-example', message, fix }]);
    }
    if (keys.findIndex((other) => other.join(' ') === words.join(' ')) < index) {
      const message = `the example "${text}" is in the rule "${rule.id}" twice`;
      found.push([['examples', index], { code: 'duplicate-example', message, fix: 'Remove it.' }]);
    }
  }
  return found;
}

function comparedFindings(
  corpus: Corpus,
  rules: ReadonlyMap<string, Rule>,
  parts: LintParts,
): readonly Finding[] {
  return judge(corpus).flatMap((judged) => {
    const { row } = judged;
    const rule = rules.get(corpus.meanings[row.meaning]?.rules[0]?.id ?? '');
    const warning =
      rule && (row.kind === 'not' ? refusalWarning(judged, rule) : rivalWarning(judged, rule, corpus));
    if (!rule || !warning) return [];
    const example = shown(judged, rule, warning, parts);
    return [warnOfRule(parts.rules, rule, pathOf(judged, rule), { ...warning, example })];
  });
}

function pathOf({ row: { kind, text } }: Judged, { examples }: Rule): readonly [List, ...number[]] {
  const list = kind === 'not' ? 'not' : 'examples';
  const index = examples?.[list === 'not' ? 'not' : 'texts'].indexOf(text) ?? -1;
  return index < 0 ? [list] : [list, index];
}

function shown({ row: { text } }: Judged, rule: Rule, { shows }: Shown, parts: LintParts): Example | null {
  const [account] = reached(rule, parts.config.accounts);
  return account ? exampleOf({ ...plainSample(rule, account, parts.now), text }, shows) : null;
}

type Shown = Omit<Warning, 'example'> & { readonly shows: string };

/** An example that belongs to another rule as well, or that another rule would win without it. */
function rivalWarning({ row, withoutIt }: Judged, rule: Rule, { meanings, exact }: Corpus): Shown | null {
  const own = withoutIt[row.meaning] ?? 0;
  const rival = withoutIt.reduce(
    (best, score, at) => (at !== row.meaning && score > (withoutIt[best] ?? -Infinity) ? at : best),
    -1,
  );
  const other = meanings[rival]?.rules[0];
  const fix = 'Move it to the rule that it fits, add it to `not` of the other, or join the two rules.';
  if (exact.get(row.words.join(' ')) === -1) {
    const message = `the example "${row.text}" of "${rule.id}" is also one of another rule, so neither replies to it`;
    return { code: 'shared-example', message, fix, shows: 'two rules have it, so none replies' };
  }
  const best = withoutIt[rival] ?? 0;
  if (!other || best <= own || best < LEAST_SCORE[other.examples.certainty]) return null;
  const message = `the example "${row.text}" of "${rule.id}" is closer to "${other.id}" (score ${best.toFixed(2)} to ${own.toFixed(2)}): messages like it go there`;
  return { code: 'example-taken', message, fix, shows: `without this line, "${other.id}" replies to it` };
}

/** A `not` message that is an example as well, or that still resembles its rule although it was learnt. */
function refusalWarning({ row, fitted }: Judged, rule: Rule): Shown | null {
  const score = fitted[row.meaning] ?? 0;
  if (score < LEAST_SCORE[rule.examples?.certainty ?? 'careful']) return null;
  const message = `"${row.text}" is in \`not\` of "${rule.id}", but messages like it still get a reply (score ${score.toFixed(2)})`;
  const fix = 'Remove the examples that resemble it, or add more messages like it to `not`.';
  return { code: 'not-answered', message, fix, shows: `in other words, "${rule.id}" replies to it` };
}
