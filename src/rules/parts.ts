import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { inEvaluationOrder } from '../domain/rule-order.js';
import type { SavedReply } from '../domain/saved-reply.js';
import { areAny, eachInSteps, type Steps } from '../domain/steps.js';

/**
 * The content of a rule file without errors, and everything that the checks across the files of a set need to know
 * about it. Plain data, valid as long as the text of the file, the configuration and the groups that it uses are the same.
 */
export interface RulePart {
  readonly file: string;
  /** Hash of the text. */
  readonly hash: string;
  /** In the order of the file. */
  readonly rules: readonly Rule[];
  readonly saved: readonly SavedReply[];
  /** Warnings that depend on no other file. */
  readonly warnings: readonly Finding[];
  readonly groups: readonly PartGroup[];
  /** Names of the groups in its lists. */
  readonly uses: readonly string[];
  /** Ids of rules that its tests and conditions name. */
  readonly names: readonly string[];
  /** Ids that it names as meanings: of enabled rules with examples. */
  readonly meanings: readonly string[];
}

/** A group of a file. */
export interface PartGroup {
  readonly name: string;
  readonly texts: readonly string[];
  /** The warning if no file uses it. */
  readonly unused: Finding;
}

/** The parts of a set, joined. */
export interface JoinedParts {
  readonly rules: readonly Rule[];
  readonly saved: readonly SavedReply[];
  readonly warnings: readonly Finding[];
}

/** The rules of files in evaluation order. Within a priority, files keep their order and rules their position. */
export function* orderedRules(files: readonly { readonly rules: readonly Rule[] }[]): Steps<readonly Rule[]> {
  const byPriority = new Map<number, Rule[]>();
  yield* eachInSteps(rulesOf(files), (rule) => {
    const same = byPriority.get(rule.priority);
    if (same) same.push(rule);
    else byPriority.set(rule.priority, [rule]);
  });
  const sorted = [...byPriority].sort(([a], [b]) => b - a);
  const rules: Rule[] = [];
  for (const [, same] of sorted) yield* eachInSteps(same, (rule) => void rules.push(rule));
  return yield* inEvaluationOrder(rules);
}

function* rulesOf(files: readonly { readonly rules: readonly Rule[] }[]): Generator<Rule> {
  for (const { rules } of files) yield* rules;
}

/**
 * Joins files that were checked apart, in order of name, as reading them together would. Null if an error results
 * from joining them: reading them together then reports it.
 */
export function* joinParts(parts: readonly RulePart[]): Steps<JoinedParts | null> {
  const rules = yield* orderedRules(parts);
  const byId = new Map<string, Rule>();
  yield* eachInSteps(rules, (rule) => byId.set(rule.id, rule));
  yield;
  const saved = parts.flatMap((part) => part.saved);
  const groups = new Set(parts.flatMap((part) => part.groups.map(({ name }) => name)));
  const used = new Set(parts.flatMap(({ uses }) => uses));
  const isMeaning = (id: string): boolean => {
    const rule = byId.get(id);
    return rule?.examples !== undefined && rule.enabled;
  };
  const isSound =
    byId.size === rules.length &&
    new Set(saved.map(({ name }) => name)).size === saved.length &&
    groups.size === parts.reduce((sum, part) => sum + part.groups.length, 0) &&
    [...used].every((name) => groups.has(name));
  yield;
  const isUnsound = ({ names, meanings }: RulePart): boolean =>
    names.some((id) => !byId.has(id)) || !meanings.every(isMeaning);
  if (!isSound || (yield* areAny(parts, isUnsound))) return null;
  yield;
  return { rules, saved, warnings: parts.flatMap((part) => warningsOf(part, used)) };
}

function warningsOf({ warnings, groups }: RulePart, used: ReadonlySet<string>): readonly Finding[] {
  const unused = groups.filter(({ name }) => !used.has(name)).map((each) => each.unused);
  if (unused.length === 0) return warnings;
  return [...warnings, ...unused].sort((a, b) => a.line - b.line || a.column - b.column);
}
