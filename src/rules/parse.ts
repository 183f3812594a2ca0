import type { Checked, Finding } from '../domain/finding.js';
import type { Place, Rule } from '../domain/rule.js';
import type { SavedReply } from '../domain/saved-reply.js';
import { finish, type Steps } from '../domain/steps.js';
import { openYaml } from '../yaml/document.js';
import { checkShape } from '../yaml/issues.js';
import { type Path, type Problem, valueAt, type YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import { type Groups, groupsOf, reportUnused, unused, withGroups } from './groups.js';
import { checkMeanings, namedBy } from './meanings.js';
import { orderedRules, type RulePart } from './parts.js';
import { toRule, type Written } from './rule.js';
import { type PlacedReply, reportSavedTwice, savedRepliesOf } from './saved-replies.js';
import { defaultsSchema, type RawRule, ruleSchema, rulesFrameSchema } from './schema.js';
import { expandTable, type TableRules } from './tables.js';
import { testSchema } from './test-schema.js';
import { checkNamedRules, namedByTest, toTest, type RuleTest } from './tests.js';
import { reportMisreadLists } from '../yaml/misread.js';

export type { RuleContext };

/** Checked rules in evaluation order (priority, then file name, then position), and their tests. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly tests: readonly RuleTest[];
  /** Texts for replies by hand, in the order of the files. */
  readonly saved: readonly SavedReply[];
  /**
   * Builds a finding at a key of a rule or below it: in the rule itself, or in its file's defaults if the key
   * comes from there.
   */
  readonly point: (rule: string, path: readonly [keyof RawRule, ...Path], problem: Problem) => Finding;
  /** Builds a finding at a saved reply. */
  readonly pointAtSaved: (name: string, problem: Problem) => Finding;
}

/** Placeholder for a missing or invalid id, in messages about the rest of the rule. */
const UNNAMED = 'unnamed';

/**
 * Parsed content of one file. Tests keep their path because they are checked again when all rules are known.
 */
export interface ParsedFile {
  readonly source: YamlSource;
  readonly rules: readonly Rule[];
  /** Path of each rule, by id. */
  readonly places: ReadonlyMap<string, Path>;
  readonly tests: readonly { readonly test: RuleTest; readonly path: Path }[];
  readonly saved: readonly PlacedReply[];
  /** The FAQ tables of the file's rules. */
  readonly tables: readonly TableRules[];
  /** Names of the groups in its lists. */
  readonly used: ReadonlySet<string>;
}

/** Place of the first rule with each id. */
export type SeenIds = Map<string, Place>;

/** Checks the text of one rule file. */
export function parseRules(text: string, file: string, context: RuleContext): Checked<RuleSet> {
  const seen: SeenIds = new Map();
  return toRuleSet(parseSources([openYaml(text, file)], context, seen), seen, []);
}

/**
 * Joins files into one set in evaluation order, once all are parsed. `unreadable` holds findings about files
 * that could not be read.
 */
export function toRuleSet(
  files: readonly ParsedFile[],
  seen: SeenIds,
  unreadable: readonly Finding[],
): Checked<RuleSet> {
  const ids = new Set(seen.keys());
  // Rules of an unreadable file are unknown, so tests that name them are not reported.
  const isWhole = unreadable.length === 0 && files.every(isComplete);
  for (const { source, tests } of isWhole ? files : []) {
    for (const { test, path } of tests) checkNamedRules(source, path, test, ids);
  }
  if (isWhole && files.every((file) => file.rules.length === file.places.size)) checkMeanings(files);
  const findings = [
    ...unreadable,
    ...files.flatMap(({ source, tables }) => [
      ...source.findings(),
      ...tables.flatMap((table) => table.findings),
    ]),
  ];
  if (findings.some(({ severity }) => severity === 'error')) return { ok: false, findings };
  const rules = finish(orderedRules(files));
  const tests = files.flatMap((file) => file.tests.map(({ test }) => test));
  const saved = files.flatMap((file) => file.saved.map((each) => each.saved));
  const points = { point: pointer(files), pointAtSaved: savedPointer(files) };
  return { ok: true, value: { rules, tests, saved, ...points }, warnings: findings };
}

/** True if all rules of the file are known. */
function isComplete({ source, tables }: ParsedFile): boolean {
  return source.value !== undefined && tables.every(({ isWhole }) => isWhole);
}

function pointer(files: readonly ParsedFile[]): RuleSet['point'] {
  return (rule, [key, ...rest], problem) => {
    const file = files.find(({ places }) => places.has(rule));
    if (!file) throw new RangeError(`unknown rule ${rule}`);
    const row = file.tables.find(({ points }) => points.has(rule))?.points.get(rule);
    if (row) return row(key, problem);
    const own = [...(file.places.get(rule) ?? []), key];
    const isOwn = valueAt(file.source.value, own) !== undefined;
    const whole = isOwn ? own : ['defaults', key];
    // A plain list of keywords is short for a block with `any`.
    const isShort = rest[0] === 'any' && Array.isArray(valueAt(file.source.value, whole));
    return file.source.point([...whole, ...(isShort ? rest.slice(1) : rest)], problem);
  };
}

function savedPointer(files: readonly ParsedFile[]): RuleSet['pointAtSaved'] {
  return (name, problem) => {
    for (const { source, saved } of files) {
      const path = saved.find((each) => each.saved.name === name)?.path;
      if (path) return source.point(path, problem);
    }
    throw new RangeError(`unknown saved reply ${name}`);
  };
}

/** Checks the texts of a set, whose files share their groups. */
export function parseSources(
  sources: readonly YamlSource[],
  context: RuleContext,
  seen: SeenIds,
): readonly ParsedFile[] {
  const all = groupsOf(sources);
  const parsed = sources.map((source) => finish(parseFile(source, { all, context, seen })));
  reportUnused(all, new Set(parsed.flatMap(({ used }) => [...used])));
  reportSavedTwice(parsed);
  return parsed;
}

/**
 * Checks a file of a set whose other files were checked before; their groups are in `others`. Null if it has an
 * error: reading the files together then reports it.
 */
export function* parseAlone(
  source: YamlSource,
  context: RuleContext,
  others: Groups['all'],
): Steps<ParsedFile | null> {
  const all = new Map([...others, ...groupsOf([source])]);
  const file = yield* parseFile(source, { all, context, seen: new Map() });
  return source.findings().some(({ severity }) => severity === 'error') || file.tables.length > 0
    ? null
    : file;
}

/** The part of its set that a file without errors is. */
export function partOf(file: ParsedFile, hash: string): RulePart {
  const { source, rules, saved, used, tests } = file;
  const named = namedBy(file);
  const written = valueAt(source.value, ['groups']) ?? {};
  return {
    file: source.file,
    hash,
    rules,
    saved: saved.map((each) => each.saved),
    warnings: source.findings().filter(({ code }) => code !== unused('').code),
    groups: Object.entries(written as Readonly<Record<string, readonly string[]>>).map(([name, texts]) => ({
      ...{ name, texts },
      unused: source.point(['groups', name], unused(name)),
    })),
    uses: [...used],
    names: [
      ...tests.flatMap(({ test }) => namedByTest(test)),
      ...named.flatMap(({ id, isMeaning }) => (isMeaning ? [] : [id])),
    ],
    meanings: named.flatMap(({ id, isMeaning }) => (isMeaning ? [id] : [])),
  };
}

/** A file that cannot be read as YAML. */
const NOTHING = (source: YamlSource): ParsedFile => ({
  ...{ source, rules: [], places: new Map(), tests: [] },
  ...{ tables: [], saved: [], used: new Set() },
});

/** The values of a set that its files are checked against. */
interface OfSet {
  readonly all: Groups['all'];
  readonly context: RuleContext;
  readonly seen: SeenIds;
}

/** Checks the text of one file against the ids seen so far. Findings stay with its source. */
function* parseFile(written: YamlSource, { all, context, seen }: OfSet): Steps<ParsedFile> {
  if (written.value === undefined) return NOTHING(written);
  const used = new Set<string>();
  const source = withGroups(written, { all, used });
  yield;
  checkShape(rulesFrameSchema, source, []);
  const defaults = readDefaults(source);
  const rules: Rule[] = [];
  const places = new Map<string, Path>();
  const tables: TableRules[] = [];
  for (const index of indexesOf(source, 'rules')) {
    yield;
    const path = ['rules', index];
    noteId(source, path, seen);
    const raw = checkShape(ruleSchema, source, path);
    if (raw?.answers !== undefined) {
      const table = expandTable(source, context, { path, raw, ...defaults });
      tables.push(table);
      for (const rule of table.rules) {
        rules.push(rule);
        places.set(rule.id, path);
        seen.set(rule.id, rule.place);
      }
    } else if (raw !== undefined) {
      rules.push(toRule(source, context, { path, raw, ...defaults }));
      places.set(raw.id, path);
    } else checkRest(source, context, { path, defaults: defaults.defaults });
  }
  const tests: { test: RuleTest; path: Path }[] = [];
  for (const index of indexesOf(source, 'tests')) {
    yield;
    const path = ['tests', index];
    const raw = checkShape(testSchema, source, path);
    if (raw !== undefined) tests.push({ path, test: toTest(source, path, raw, context) });
  }
  return { source, rules, places, tests, tables, used, saved: savedRepliesOf(source, context) };
}

/** The `defaults` of the file. If some keys are invalid, the valid ones still apply. */
function readDefaults(source: YamlSource): Pick<Written, 'defaults' | 'isWhole'> {
  const path = ['defaults'];
  if (valueAt(source.value, path) === undefined) return { defaults: {}, isWhole: true };
  const defaults = checkShape(defaultsSchema, source, path);
  if (defaults !== undefined) return { defaults, isWhole: true };
  const sound = defaultsSchema.safeParse(soundKeys(defaultsSchema.shape, source, path));
  return { defaults: sound.success ? sound.data : {}, isWhole: false };
}

/**
 * Checks the remaining keys of a rule that has keys of a wrong shape, so that all errors are reported at
 * once.
 */
function checkRest(source: YamlSource, context: RuleContext, rest: Pick<Written, 'path' | 'defaults'>): void {
  reportMisreadLists(source, [...rest.path, 'keywords']);
  const sound = ruleSchema.safeParse({ id: UNNAMED, ...soundKeys(ruleSchema.shape, source, rest.path) });
  if (sound.success) toRule(source, context, { ...rest, raw: sound.data, isWhole: false });
}

/** The keys whose values have the right shape. */
function soundKeys(
  shape: Readonly<Record<string, { safeParse: (value: unknown) => { success: boolean } }>>,
  source: YamlSource,
  path: Path,
): Record<string, unknown> {
  const written = Object.keys(shape).map((key) => [key, valueAt(source.value, [...path, key])] as const);
  return Object.fromEntries(
    written.filter(([key, value]) => value !== undefined && shape[key]?.safeParse(value).success === true),
  );
}

function indexesOf(source: YamlSource, key: string): Iterable<number> {
  const list = valueAt(source.value, [key]);
  return Array.isArray(list) ? list.keys() : [];
}

/** Records the id of a rule, and reports a duplicate in this or another file. */
function noteId(source: YamlSource, path: Path, seen: SeenIds): void {
  const at = [...path, 'id'];
  const id = valueAt(source.value, at);
  if (typeof id !== 'string') return;
  const first = seen.get(id);
  if (first === undefined) {
    seen.set(id, source.place(at));
    return;
  }
  source.report(at, {
    code: 'duplicate-id',
    message: `id: "${id}" is already the id of another rule, in ${first.file}:${first.line}`,
    fix: 'Give one of the two another id: its cooldowns depend on it.',
  });
}
