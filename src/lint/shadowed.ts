import type { Rule } from '../domain/rule.js';
import { splitRule } from '../domain/rule-order.js';
import { formatDuration } from '../domain/time.js';
import { type Demands, demandsOf, coversDemands } from './demands.js';
import { earlierRules } from './earlier.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { exampleOf, type Sample, tryOne } from './trial.js';
import { type RulePath, type RuleWarning, type Warning } from './warning.js';

/** A part of a rule, one keyword or the whole, and the earlier rule that acts on all its events. */
interface Part {
  /** Index of the keyword in `any`; null for a rule without alternatives. */
  readonly index: number | null;
  readonly rule: Rule;
  readonly by: Rule | null;
}

/**
 * Rules, and keywords of rules, that never act because an earlier rule acts on every message that they match.
 * A rule in cooldown lets the search continue, so a rule behind it still replies to a second message.
 */
export function shadowed(parts: LintParts): (rule: Rule) => Promise<readonly RuleWarning[]> {
  const candidates = earlierRules(parts);
  return async (rule) => {
    if (!rule.enabled) return [];
    const pieces = piecesOf(rule).map((piece) => ({
      ...piece,
      by: coverOf(piece.rule, candidates(piece.rule), parts),
    }));
    const covered = pieces.filter((piece) => piece.by !== null);
    const isWhole = covered.length === pieces.length;
    const parted = covered.filter(({ index }) => index !== null);
    const found = isWhole ? wholeRule(rule, covered) : parted.map((each) => oneKeyword(rule, each));
    const warnings: RuleWarning[] = [];
    for (const { path, piece, ...warning } of found) {
      const example = await shown(rule, piece, parts);
      if (example) warnings.push([path, { ...warning, example }]);
    }
    return warnings;
  };
}

function piecesOf(rule: Rule): readonly Omit<Part, 'by'>[] {
  const { keywords } = rule;
  if (keywords === null || keywords.any.length === 0) return [{ index: null, rule }];
  const [whole = rule, byExamples] = splitRule(rule);
  const byKeywords = keywords.any.map((keyword, index) => ({
    index,
    rule: { ...whole, keywords: { ...keywords, any: [keyword] } },
  }));
  return byExamples ? [...byKeywords, { index: null, rule: byExamples }] : byKeywords;
}

/** The first of the earlier rules that acts on every event matched by the rule. */
function coverOf(rule: Rule, earlier: readonly Rule[], parts: LintParts): Rule | null {
  const ways = demandsOf(rule, parts);
  if (ways === null) return null;
  const coversAll = (other: Rule): boolean => {
    const others: readonly Demands[] = demandsOf(other, parts) ?? [];
    return ways.every((way) => others.some((each) => coversDemands(each, way, parts)));
  };
  const covering = earlier.filter(coversAll);
  return covering.find(({ oncePer }) => oncePer === null) ?? covering[0] ?? null;
}

type Found = Omit<Warning, 'example'> & {
  readonly path: RulePath;
  readonly piece: Part;
};

function wholeRule(rule: Rule, covered: readonly Part[]): readonly Found[] {
  const [piece] = covered;
  if (!piece) return [];
  const by = [...new Set(covered.flatMap((each) => (each.by ? [each.by] : [])))];
  const names = by.map(({ id }) => `"${id}"`).join(' or ');
  const cooling = by.find(({ oncePer }) => oncePer !== null);
  const code = cooling ? 'answers-second' : 'never-acts';
  const message = cooling
    ? `every ${rule.on} that "${rule.id}" matches first gets a reply from ${names}: it only acts during the cooldown of ${names}${timeOf(cooling)}`
    : `the rule "${rule.id}" never acts: ${names} ${verbFor(by)} every ${rule.on} that it matches, and comes first`;
  const fix = `Give "${rule.id}" a higher priority or keywords of its own, or remove it.`;
  return [{ code, message, fix, path: ['id'], piece }];
}

function oneKeyword(rule: Rule, piece: Part): Found {
  const keyword = rule.keywords?.any[piece.index ?? 0] ?? '';
  const by = piece.by;
  const until = by?.oncePer ? `, except during its cooldown${timeOf(by)}` : '';
  return {
    code: 'duplicate-keyword',
    message: `the keyword "${keyword}" does nothing for "${rule.id}": wherever it matches, "${by?.id ?? ''}" ${by ? verbFor([by]) : 'replies to'} the event first${until}`,
    fix: 'Remove it from one of the two, or give this rule a higher priority.',
    path: piece.index === null ? ['id'] : ['keywords', 'any', piece.index],
    piece,
  };
}

function verbFor(by: readonly Rule[]): string {
  return by.every(({ silent }) => silent) ? 'silences' : 'replies to';
}

function timeOf({ oncePer }: Rule): string {
  if (!oncePer) return '';
  if (oncePer.scope === 'closing') return ' (until the next opening)';
  return oncePer.time === Infinity ? ' (for ever)' : ` (${formatDuration(oncePer.time)})`;
}

/** An event that this part of the rule matches, but another rule acts on. */
async function shown(rule: Rule, { rule: piece }: Part, parts: LintParts) {
  const sample: Sample | null = await sampleFor(piece, parts);
  if (!sample) return null;
  const { decision } = await tryOne(sample, parts, parts.set);
  const answers = decision.trace.rules.find(({ outcome }) => outcome === 'acts');
  const own = decision.trace.rules.find((each) => each.rule === rule.id);
  if (own?.outcome !== 'not_reached' || !answers) return null;
  const verb = decision.reason === 'silent' ? 'silences' : 'replies to';
  return exampleOf(sample, `"${answers.rule}" ${verb} it, and "${rule.id}" is not reached`);
}
