import type { KeywordSpec, Rule } from '../domain/rule.js';
import { compileKeyword } from '../engine/text/keywords.js';
import { MessageText } from '../engine/text/text.js';
import { leavesOf } from './conditions.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { applies, exampleOf, type Sample, tryOne } from './trial.js';
import { type RulePath, type RuleWarning, type Warning } from './warning.js';

/** Scripts that write words with letters; two Chinese characters are a whole word. */
const SHORT =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]{1,2}$/u;

/** Keywords of one or two letters that also match inside words: "hi" is in "shipping". */
export async function shortKeywords(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  const found: RuleWarning[] = [];
  const seen = new Set<string>();
  for (const { spec, path } of specsOf(rule)) {
    if (spec.match !== 'contains') continue;
    for (const list of ['any', 'all', 'none'] as const) {
      for (const [index, keyword] of spec[list].entries()) {
        if (!SHORT.test(keyword.trim()) || seen.has(keyword)) continue;
        seen.add(keyword);
        found.push([[...path, list, index], await warningFor(keyword, rule, parts)]);
      }
    }
  }
  return found;
}

function specsOf(rule: Rule): { readonly spec: KeywordSpec; readonly path: RulePath }[] {
  const inWhen = leavesOf(rule.when).flatMap(({ leaf, path }) => {
    const { fact, params } = leaf;
    const at: RulePath = ['when', ...path, 'params'];
    return fact === 'keywords' ? [{ spec: params as unknown as KeywordSpec, path: at }] : [];
  });
  return [...(rule.keywords ? [{ spec: rule.keywords, path: ['keywords'] as const }] : []), ...inWhen];
}

async function warningFor(keyword: string, rule: Rule, parts: LintParts): Promise<Warning> {
  const example = rule.enabled ? await byChance(keyword, rule, parts) : null;
  return {
    code: 'short-keyword',
    message: `the rule "${rule.id}" also matches "${keyword}" inside longer words, by chance`,
    fix: 'Write match: word.',
    example: example && exampleOf(example, `the rule applies, though "${keyword}" is not a word of the text`),
  };
}

/** A text with the keyword inside a longer word, to which the rule applies. */
async function byChance(keyword: string, rule: Rule, parts: LintParts): Promise<Sample | null> {
  const sample = await sampleFor(rule, parts);
  if (!sample) return null;
  const word = HOSTS.find((host) => host.includes(keyword.toLowerCase())) ?? `x${keyword}x`;
  const options = { match: 'word', typos: 0, caseSensitive: false, accents: false } as const;
  for (const text of [word, sample.text.replaceAll(keyword, word)]) {
    const inWord = { ...sample, text };
    const isWord = compileKeyword(keyword, options)(new MessageText(text)) !== null;
    const outcome = await tryOne(inWord, parts, parts.compile([rule]));
    if (!isWord && applies(outcome, rule.id)) return inWord;
  }
  return null;
}

/** Words that contain many short keywords. */
const HOSTS = ['shipping', 'token', 'information', 'yesterday', 'question', 'another', 'going', 'maybe'];
