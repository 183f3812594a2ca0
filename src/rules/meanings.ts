import type { Rule } from '../domain/rule.js';
import { unknownName } from '../yaml/issues.js';
import { type Path, valueAt, type YamlSource } from '../yaml/source.js';

/**
 * A name of a rule in a rule file: in a condition, or as the expected answer to a question.
 */
interface Named {
  readonly path: Path;
  readonly id: string;
  /** True if the rule has to have examples; false in a condition on its answers or its funnel. */
  readonly isMeaning: boolean;
}

/** Facts whose `params` name any rule. */
const ABOUT_A_RULE: ReadonlySet<unknown> = new Set(['funnel', 'answered_by', 'count']);

/** A file of a rule set, with the paths of its rules. */
interface Checkable {
  readonly source: YamlSource;
  readonly rules: readonly Rule[];
  readonly places: ReadonlyMap<string, Path>;
}

/**
 * Reports each `meaning` that is not the id of a rule with examples, and each condition about an unknown rule.
 * Called once all files are parsed.
 */
export function checkMeanings(files: readonly Checkable[]): void {
  const rules = new Map(files.flatMap((file) => file.rules.map((rule) => [rule.id, rule])));
  const meant = [...rules.values()].flatMap(({ id, examples }) => (examples ? [id] : []));
  for (const file of files) {
    for (const named of namedBy(file)) report(file.source, named, rules, meant);
  }
}

/** The names of rules in the rules and defaults of a file. */
export function namedBy({ source, places }: Omit<Checkable, 'rules'>): readonly Named[] {
  return [['defaults'], ...places.values()].flatMap((path) => namedIn(valueAt(source.value, path), path));
}

function report(
  source: YamlSource,
  { path, id, isMeaning }: Named,
  rules: ReadonlyMap<string, Rule>,
  meant: readonly string[],
): void {
  const rule = rules.get(id);
  if (!isMeaning) {
    if (rule === undefined)
      source.report(path, unknownName(`rule: ${source.describe(path)}`, id, [...rules.keys()]));
    return;
  }
  if (rule?.examples && rule.enabled) return;
  const code = 'unknown-meaning';
  if (rule === undefined) {
    source.report(path, { ...unknownName(`meaning: ${source.describe(path)}`, id, meant), code });
    return;
  }
  const why = rule.examples ? 'is not enabled' : 'has no examples';
  const message = `meaning: the rule "${id}" ${why}, so no message means it`;
  const fix = rule.examples
    ? 'Enable it; with mode: shadow it sends nothing.'
    : 'Give it examples, or name another rule.';
  source.report(path, { code, message, fix });
}

function namedIn(value: unknown, path: Path): readonly Named[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => namedIn(each, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  const block = value as Readonly<Record<string, unknown>>;
  const own = block['fact'] === 'meaning' ? idsOf(block['value'], [...path, 'value']) : [];
  const { rule } = (ABOUT_A_RULE.has(block['fact']) ? (block['params'] ?? {}) : {}) as { rule?: unknown };
  const about =
    typeof rule === 'string' ? [{ path: [...path, 'params', 'rule'], id: rule, isMeaning: false }] : [];
  const below = Object.entries(block).flatMap(([key, each]) =>
    key === 'meaning' ? idsOf(each, [...path, key]) : namedIn(each, [...path, key]),
  );
  return [...own, ...about, ...below];
}

function idsOf(value: unknown, path: Path): readonly Named[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => idsOf(each, [...path, index]));
  return typeof value === 'string' ? [{ path, id: value, isMeaning: true }] : [];
}
