import { statSync } from 'node:fs';
import type { Config } from '../domain/config.js';
import { type Finding, lineOf } from '../domain/finding.js';
import type { Steps } from '../domain/steps.js';
import type { RuleText } from '../rules/load.js';
import { parseAlone, partOf } from '../rules/parse.js';
import { type JoinedParts, joinParts, type RulePart } from '../rules/parts.js';
import { openInSteps } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { areSame, type Asked } from './asked.js';
import { ruleContext } from './project.js';
import { hashOf } from './rule-group.js';

/** The files of a set without errors and without tables, as they were checked for one configuration. */
export interface CheckedFiles {
  readonly parts: readonly RulePart[];
  readonly asked: Asked;
}

/** The only configuration of a program, and the findings about it. */
export interface Origin {
  readonly config: Config;
  readonly warnings: readonly Finding[];
}

/** A set whose changed files were read. */
export interface ChangedFiles extends CheckedFiles, JoinedParts {
  readonly texts: readonly RuleText[];
  /** Length of the changed texts. */
  readonly changed: number;
}

/** Longest text that is read without a thread: reading takes about a millisecond per kilobyte, and starting a thread half a second. */
export const THREAD_FROM_BYTES = 64 * 1024;
/** Tables take longer to read than other rules of the same size, and models of examples take long to train. */
export const SLOW_KEY = /\b(?:answers|examples)["']?\s*:/u;
/** Lists of codes may be long as well. */
const CODE_KEY = /\bcode["']?\s*:/u;

/**
 * Reads the files of a set again, of which `before` was checked for the same configuration, and checks those whose
 * text differs. The result is that of checking all of them. Null if only that can give it: if there is any error,
 * if much or something slow changed, or a group that other files use.
 */
export function* readChanged(
  before: CheckedFiles,
  { config, warnings }: Origin,
  env: Environment,
): Steps<ChangedFiles | null> {
  if (!areSameAnswers(before.asked, env)) return null;
  yield;
  const read = yield* readTexts(config, before.parts);
  if (!read) return null;
  const { texts, kept, changed } = read;
  const asked = { variables: new Map(before.asked.variables), codes: new Map(before.asked.codes) };
  const context = ruleContext(config, env, asked);
  const others = new Map([...kept.values()].flatMap(groupsIn));
  const parts: RulePart[] = [];
  for (const { file, text } of texts) {
    const same = kept.get(file);
    const source = same ? null : yield* openInSteps(text, file);
    const parsed = source && (yield* parseAlone(source, context, others));
    yield;
    const part = same ?? (parsed && partOf(parsed, hashOf(text)));
    if (!part) return null;
    parts.push(part);
  }
  yield;
  if (!areSameGroups([...kept.values()], before.parts, parts)) return null;
  yield;
  const joined = yield* joinParts(parts);
  if (!joined) return null;
  yield;
  const all = new Map([...warnings, ...joined.warnings].map((finding) => [lineOf(finding), finding]));
  return { ...joined, warnings: [...all.values()], parts, asked, texts, changed };
}

/** The texts of the files, and the parts whose texts did not change, keyed by file. */
function* readTexts(config: Config, before: readonly RulePart[]) {
  const files = listYamlFiles(config.rulesPath, '');
  const known = new Map(before.map((part) => [part.file, part]));
  const texts: RuleText[] = [];
  const kept = new Map<string, RulePart>();
  let changed = 0;
  for (const file of files.ok ? files.value : []) {
    yield;
    const read = readText(file, '');
    if (!read.ok) return null;
    const text = read.value;
    texts.push({ file, text });
    const part = known.get(file);
    if (part?.hash === hashOf(text)) kept.set(file, part);
    else if (SLOW_KEY.test(text) || CODE_KEY.test(text)) return null;
    else changed += text.length;
    if (changed >= THREAD_FROM_BYTES) return null;
  }
  // Without its examples, a file changes the models.
  const isSlow = before.some(({ file, rules }) => !kept.has(file) && rules.some(({ examples }) => examples));
  return files.ok && !isSlow ? { texts, kept, changed } : null;
}

/** True if the answers are the same; long lists of codes are not read here. */
function areSameAnswers(asked: Asked, env: Environment): boolean {
  const sizes = [...asked.codes.values()].map(
    ({ answer }) => statSync(answer.file, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0) < THREAD_FROM_BYTES && areSame(asked, env);
}

function groupsIn({ groups }: RulePart) {
  return groups.map(({ name, texts }) => [name, { source: null, path: [], texts }] as const);
}

/** True if the groups that unchanged files use have the same texts as before. */
function areSameGroups(
  unchanged: readonly RulePart[],
  before: readonly RulePart[],
  now: readonly RulePart[],
): boolean {
  const used = new Set(unchanged.flatMap(({ uses }) => uses));
  const textsIn = (parts: readonly RulePart[]): string => {
    const groups = parts.flatMap((part) => part.groups).filter(({ name }) => used.has(name));
    return JSON.stringify(groups.map(({ name, texts }) => [name, texts]).sort());
  };
  return used.size === 0 || textsIn(before) === textsIn(now);
}
