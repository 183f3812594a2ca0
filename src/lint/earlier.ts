import type { Rule } from '../domain/rule.js';
import { fold } from '../engine/text/normalise.js';
import { words } from '../engine/text/words.js';
import type { LintParts } from './parts.js';

/** Phrases of more words than this are not indexed; such rules are compared with every rule. */
const LONGEST_PHRASE = 4;

/**
 * Finds the earlier rules that end the search when they act and share a word with a rule or need none: no
 * others can cover it. Without this, a thousand rules would need a million comparisons.
 */
export function earlierRules({ rules }: LintParts): (rule: Rule) => readonly Rule[] {
  const order = new Map(rules.rules.map((rule, index) => [rule.id, index]));
  const byPhrase = new Map<string, Rule[]>();
  const anyway: Rule[] = [];
  for (const rule of rules.rules) {
    if (!rule.enabled || rule.continue || rule.mode === 'shadow') continue;
    const phrases = phrasesAskedFor(rule);
    if (phrases === null) anyway.push(rule);
    for (const phrase of phrases ?? []) byPhrase.set(phrase, [...(byPhrase.get(phrase) ?? []), rule]);
  }
  return (rule) => {
    const own = order.get(rule.id) ?? 0;
    const found = new Set([...anyway, ...phrasesIn(rule).flatMap((phrase) => byPhrase.get(phrase) ?? [])]);
    const before = [...found].filter(({ id }) => (order.get(id) ?? 0) < own);
    return before.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  };
}

/** Phrases of which one must occur for the rule to apply; null if they cannot be looked up as whole words. */
function phrasesAskedFor({ keywords }: Rule): readonly string[] | null {
  const asked = keywords ? [...keywords.any, ...keywords.all] : [];
  if (asked.length === 0 || keywords?.match !== 'word') return null;
  const phrases = asked.map(fold1);
  return phrases.some((phrase) => phrase.split(' ').length > LONGEST_PHRASE) ? null : phrases;
}

function fold1(keyword: string): string {
  const folded = fold(keyword);
  return words(folded).join(' ') || folded;
}

/** Each run of words of each keyword. */
function phrasesIn({ keywords }: Rule): readonly string[] {
  const said = keywords ? [...keywords.any, ...keywords.all] : [];
  return said.flatMap((keyword) => {
    const folded = fold(keyword);
    const all = words(folded);
    if (all.length === 0) return [folded];
    return all.flatMap((_, from) =>
      Array.from({ length: LONGEST_PHRASE }, (_each, more) => all.slice(from, from + more + 1).join(' ')),
    );
  });
}
