import type { KeywordSpec, Rule } from '../domain/rule.js';
import { compileKeyword, firstHit, type KeywordHit } from '../engine/text/keywords.js';
import { MessageText } from '../engine/text/text.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { isContradiction, termsOf } from './terms.js';
import { applies, exampleOf, plainSample, tryOne } from './trial.js';
import { type RuleWarning } from './warning.js';

/**
 * Keywords of `any` or `all` that contain a keyword of `none` in the same rule, or are taken for one with typos: a
 * message of the keyword alone does not match. A rule with no other keyword is `impossible`, unless it is by typos.
 */
export async function excludedKeywords(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  const spec = rule.keywords;
  if (spec === null || spec.match === 'regex' || isContradiction(termsOf(spec))) return [];
  const unwanted = spec.none.map((keyword) => compileKeyword(keyword, spec));
  const found: RuleWarning[] = [];
  for (const list of ['any', 'all'] as const) {
    for (const [index, keyword] of spec[list].entries()) {
      const hit = firstHit(unwanted, new MessageText(keyword));
      if (hit === null) continue;
      const example = await exampleFor(rule, spec, keyword, parts);
      found.push([['keywords', list, index], { ...warningOf(rule, keyword, hit), example }]);
    }
  }
  return found;
}

function warningOf({ id }: Rule, keyword: string, { keyword: unwanted, typos = 0 }: KeywordHit) {
  const code = 'excluded-keyword';
  const says = `the rule "${id}" does not match its own keyword "${keyword}"`;
  if (typos === 0) {
    return {
      ...{ code, message: `${says}: "${unwanted}" of its \`none\` is in it` },
      fix: `Remove one of the two, or write match: exact if only the whole text "${unwanted}" is meant.`,
    };
  }
  const condition = `when: { fact: keywords, operator: equal, value: true, params: { none: [${JSON.stringify(unwanted)}] } }`;
  return {
    ...{ code, message: `${says}: with typos it is taken for "${unwanted}" of its \`none\`` },
    fix: `Write typos: 0, or write "${unwanted}" without typos, in place of \`none\`: ${condition}.`,
  };
}

/** The message of the keyword and what else is needed; null if the rule applies to it all the same, by its examples. */
async function exampleFor(rule: Rule, { all }: KeywordSpec, keyword: string, parts: LintParts) {
  const [account] = reached(rule, parts.config.accounts);
  if (!account || !rule.enabled) return null;
  const text = [...new Set([keyword, ...all])].join(' ');
  const sample = { ...plainSample(rule, account, parts.now), text };
  const outcome = await tryOne(sample, parts, parts.compile([rule]));
  return applies(outcome, rule.id) ? null : exampleOf(sample, `"${rule.id}" does not apply`);
}
