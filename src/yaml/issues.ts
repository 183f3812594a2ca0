import type { z } from 'zod';
import { fixIn, fixOfKind } from './fixes.js';
import { nearest } from './nearest.js';
import type { CheckParams } from './shape.js';
import { valueAt, type Path, type Problem, type YamlSource } from './source.js';

type Issue = z.core.$ZodIssue;

/** Zod's types in words for people who write YAML. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
};

/** A problem and its path. */
interface Report {
  readonly path: Path;
  readonly problem: Problem;
}

/** A given value, for messages about it. */
interface Subject {
  readonly source: YamlSource;
  readonly path: Path;
  readonly value: unknown;
  /** Prefix of a message, such as `keywords: `, so that the message is clear without the frame. */
  readonly label: string;
  readonly notYet: ReadonlySet<string>;
}

/**
 * Checks the value at a path against a schema and reports every problem. Names in `notYet` are reported as
 * not supported yet rather than unknown. Returns undefined if anything was reported.
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  source: YamlSource,
  path: Path = [],
  notYet: readonly string[] = [],
): T | undefined {
  const value = valueAt(source.value, path);
  let result = schema.safeParse(value);
  if (!result.success)
    result = schema.safeParse(typedFromEnvironment(value, result.error.issues, source, path));
  if (result.success) return result.data;
  const names = new Set(notYet);
  for (const issue of result.error.issues.flatMap((each) => chosenBranch(each))) {
    for (const report of toReports(issue, source, path, names)) source.report(report.path, report.problem);
  }
  return undefined;
}

/** Environment variables are always texts: where a number or boolean is expected, the text is parsed. */
function typedFromEnvironment(
  value: unknown,
  issues: readonly Issue[],
  source: YamlSource,
  base: Path,
): unknown {
  let typed = value;
  for (const { path } of issues) {
    const whole = [...base, ...path];
    if (!source.isFromEnvironment(whole)) continue;
    const text = valueAt(typed, path);
    const isTyped = typeof text === 'string' && /^(?:true|false|-?\d+(?:\.\d+)?)$/u.test(text);
    if (!isTyped) continue;
    if (typed === value) typed = structuredClone(value);
    const parent = valueAt(typed, path.slice(0, -1));
    const last = path.at(-1);
    if (last !== undefined) Object.assign(parent as object, { [last]: JSON.parse(text) as unknown });
  }
  return typed;
}

/** Keeps only the issues of the branch of a union that the value resembles. */
function chosenBranch(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors
    .filter((branch) => !branch.some(isOfAnotherKind))
    .sort((a, b) => a.length - b.length)
    .at(0);
  if (fitting === undefined) return [issue];
  return fitting.flatMap((inner) => chosenBranch({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfAnotherKind({ path, code }: Issue): boolean {
  return (
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union')
  );
}

function toReports(issue: Issue, source: YamlSource, base: Path, notYet: ReadonlySet<string>): Report[] {
  const path = [...base, ...issue.path];
  const name = path.findLast((step) => typeof step === 'string');
  const label = name === undefined ? '' : `${name}: `;
  const subject: Subject = { source, path, label, notYet, value: valueAt(source.value, path) };
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message.split(' '), subject);
  return [{ path, problem: toProblem(issue, subject) }];
}

function toProblem(issue: Issue, subject: Subject): Problem {
  if (issue.code === 'custom') return customProblem(issue.message, paramsOf(issue.params), subject);
  if (subject.value === undefined) return missingKey(subject);
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue, subject);
    case 'invalid_union':
      return noneOfKinds(issue, subject);
    case 'invalid_value':
      return unknownValue(issue.values, subject);
    case 'too_small':
      return tooSmall(String(issue.minimum), issue.origin, subject);
    case 'too_big':
      return tooBig(String(issue.maximum), issue.origin, subject);
    case 'invalid_key':
      return wrongKey(issue.issues[0] ?? issue, subject);
    default:
      return predicate('wrong-value', issue.message, null, subject);
  }
}

function paramsOf(params: Readonly<Record<string, unknown>> | undefined): CheckParams {
  return params ?? {};
}

function predicate(code: string, words: string, fix: string | null, subject: Subject): Problem {
  const { source, path, label } = subject;
  return { code, message: `${label}${source.describe(path)} ${words}`, fix };
}

function customProblem(message: string, params: CheckParams, subject: Subject): Problem {
  const { fix = null, code = 'wrong-value', isWhole = false, at = 'value' } = params;
  if (isWhole) return { code, message, fix, at };
  return { ...predicate(code, message, fix, subject), at };
}

/** Problem of a key in a block whose keys are user-defined names, or days, or dates. */
function wrongKey(issue: Issue, { path }: Subject): Problem {
  const { fix = null } = issue.code === 'custom' ? paramsOf(issue.params) : {};
  return { code: 'wrong-key', message: `"${String(path.at(-1))}" ${issue.message}`, fix, at: 'key' };
}

/** Problems of unknown keys, each with the most similar known key. */
function unknownKeys(keys: readonly string[], known: readonly string[], { path, notYet }: Subject): Report[] {
  return keys.map((key) => {
    const at = { path: [...path, key] };
    if (notYet.has(key)) return { ...at, problem: { ...notSupported(`the key "${key}"`), at: 'key' } };
    const meant = nearest(key, known);
    const message = `unknown key "${key}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
    const fix = `${meant === undefined ? 'Remove it.' : `Write ${meant}, or remove it.`} Known here: ${known.join(', ')}.`;
    return { ...at, problem: { code: 'unknown-key', message, fix, at: 'key' } };
  });
}

function notSupported(what: string): Problem {
  return {
    code: 'not-supported',
    message: `${what} is not supported by this release yet`,
    fix: 'Remove it.',
  };
}

/** Problem of an unknown name, with the most similar known name. */
export function unknownName(shown: string, name: string | null, known: readonly string[]): Problem {
  const meant = name === null ? undefined : nearest(name, known);
  const message = `${shown} is not known here${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
  const fix = known.length === 0 ? 'None is known.' : `Known: ${known.slice(0, 20).join(', ')}.`;
  return { code: 'unknown-value', message, fix };
}

function unknownValue(meant: readonly unknown[], subject: Subject): Problem {
  const values = meant.map(String);
  const { source, path, label, value, notYet } = subject;
  const shown = `${label}${source.describe(path)}`;
  if (typeof value === 'string' && notYet.has(value)) return notSupported(shown);
  if (value === null) return wrongType({ expected: 'string', message: STANDARD }, subject);
  if (typeof value === 'string' && values.includes(value)) {
    const message = `${shown} is a text, but ${value} without quotes is expected`;
    return { code: 'wrong-type', message, fix: `Write ${label}${value}, without quotes.` };
  }
  const isOwn = typeof value === 'string' && !source.isFromEnvironment(path);
  return unknownName(shown, isOwn ? value : null, values);
}

/** Problem of a value that matches no branch of a union. */
function noneOfKinds(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Problem {
  const { value, source, path } = subject;
  const roots = issue.errors.flatMap((branch) => branch.filter((each) => each.path.length === 0));
  const textual = roots.find((each) => each.code === 'invalid_type' && each.expected === 'string');
  if (textual !== undefined && typeof value !== 'object') return toProblem(textual, subject);
  const isOwn = typeof value === 'string' && !source.isFromEnvironment(path);
  const words = roots.flatMap((each) => (each.code === 'invalid_value' ? each.values.map(String) : []));
  const meant = isOwn ? nearest(value, words) : undefined;
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const canBeList = roots.some((each) => each.code === 'invalid_type' && each.expected === 'array');
  const fix = canBeList && typeof value !== 'object' ? fixOfKind('a list', false) : fixIn(issue.message);
  return predicate('wrong-value', `${issue.message}${hint}`, fix, subject);
}

function missingKey({ path }: Subject): Problem {
  const key = String(path.at(-1));
  const fix =
    key === 'version' ? 'Begin the file with `version: 1`.' : `Add a line "${key}: …" to this block.`;
  return { code: 'missing-key', message: `the key "${key}" is missing here`, fix };
}

const NO_KEYS: Problem = {
  code: 'wrong-type',
  message: 'the file has no keys with values',
  fix: 'Write keys with a colon and a space: `version: 1`.',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys';
  return WORDS[typeof value] ?? typeof value;
}

/** Start of zod's default message, used if a schema has no message of its own. */
const STANDARD = 'Invalid input';

function wrongType({ expected, message }: { expected: string; message: string }, subject: Subject): Problem {
  const { source, path, label, value } = subject;
  const meant = WORDS[expected] ?? expected;
  const written = source.unquoted(path);
  if (path.length === 0) return NO_KEYS;
  if (value === null && (written === null || written === '')) {
    const fix = 'Give it a value, or remove it.';
    return { code: 'wrong-type', message: `${label}there is nothing here, but ${meant} is expected`, fix };
  }
  if (!message.startsWith(STANDARD)) return predicate('wrong-type', message, fixIn(message), subject);
  if (expected === 'string' && (value === null || typeof value !== 'object')) return needsQuotes(subject);
  return ofAnotherKind(meant, subject);
}

function ofAnotherKind(meant: string, { source, path, label, value }: Subject): Problem {
  const isBlock = typeof value === 'object';
  const given = isBlock ? `this is ${kindOf(value)}` : `${source.describe(path)} is ${kindOf(value)}`;
  const fix = fixOfKind(meant, isBlock);
  return { code: 'wrong-type', message: `${label}${given}, but ${meant} is expected`, fix };
}

/**
 * Problem of an unquoted word that YAML, or another program that reads the file, takes for something other
 * than text.
 */
export function needsQuotes({ source, path, label, value }: Omit<Subject, 'notYet'>): Problem {
  const shown = source.describe(path);
  const written = source.unquoted(path) ?? '';
  const bare = typeof value === 'string' || value === null ? written : shown;
  return {
    code: 'needs-quotes',
    message: `${label}${bare} without quotes ${readAs(value, written)}, but a text is meant`,
    fix: `Put it in quotes: "${bare}".`,
  };
}

function readAs(value: unknown, written: string): string {
  if (typeof value === 'number') return 'is a number';
  if (typeof value === 'boolean') return 'is a yes-or-no value';
  if (value === null) return 'means "nothing"';
  return `means "${/^(?:y|yes|on)$/iu.test(written) ? 'true' : 'false'}" to many programs`;
}

function tooSmall(least: string, origin: string, subject: Subject): Problem {
  if (origin === 'array') return tooFew(least, subject);
  if (origin === 'string')
    return predicate('empty-text', 'is empty, but a text is expected', 'Write a text.', subject);
  return predicate(
    'out-of-range',
    `is too small; the minimum is ${least}`,
    `Write ${least} or more.`,
    subject,
  );
}

function tooFew(least: string, { label, value }: Subject): Problem {
  const isEmpty = !Array.isArray(value) || value.length === 0;
  const message = `${label}the list ${isEmpty ? 'is empty' : `has fewer than ${least} entries`}`;
  const fix = `List at least ${least === '1' ? 'one' : least}, or remove the key.`;
  return { code: isEmpty ? 'empty-list' : 'too-few', message, fix };
}

function tooBig(most: string, origin: string, subject: Subject): Problem {
  if (origin === 'array') {
    const message = `${subject.label}the list has more than ${most} entries`;
    return { code: 'too-many', message, fix: 'Shorten it.' };
  }
  const words =
    origin === 'string' ? `is longer than ${most} characters` : `is too large; the maximum is ${most}`;
  const fix = origin === 'string' ? 'Shorten it.' : `Write ${most} or less.`;
  return predicate('out-of-range', words, fix, subject);
}

export const MISREAD = /^(?:y|yes|n|no|on|off)$/iu;
