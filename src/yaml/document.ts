import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  visit,
  type Document,
  type Scalar,
  YAMLParseError,
} from 'yaml';
import { LIMITS } from '../domain/limits.js';
import { finish, type Steps } from '../domain/steps.js';
import { collector, withoutContents, type Located, type Offsets } from './collect.js';
import { composeInSteps } from './compose.js';
import { duplicateKeys, expansionProblem } from './duplicates.js';
import { emptyVariable, interpolate, type Environment } from './interpolate.js';
import { fileFinding } from './read.js';
import { isReference, isSecretPath, maskSecretLines, maskSecrets } from './secrets.js';
import type { Place } from '../domain/rule.js';
import type { Path, Problem, YamlSource } from './source.js';
import { BYTE_ORDER_MARK } from './syntax.js';
import {
  aliasProblems,
  type AliasTargets,
  aliasTargets,
  lostTexts,
  rangeOf,
  syntaxProblems,
} from './problems.js';

const LONGEST_SHOWN = 60;

/** A document, and the nodes that its aliases refer to. */
interface Root {
  readonly document: Document;
  readonly targets: AliasTargets;
}

/** A node on the path to a value: the key of the pair, if any, and the value. */
interface Found {
  readonly key: Scalar | null;
  readonly node: unknown;
  readonly isWhole: boolean;
}

/** Values that were replaced from the environment. */
interface FromEnvironment {
  readonly names: ReadonlyMap<Scalar, readonly string[]>;
  readonly missing: ReadonlySet<Scalar>;
  readonly optional: ReadonlySet<Scalar>;
}

function step({ targets }: Root, node: unknown, key: PropertyKey): Found | null {
  const target = isAlias(node) ? targets.get(node) : node;
  if (isSeq(target)) {
    const item: unknown = target.items[Number(key)];
    return item === undefined ? null : { key: null, node: item, isWhole: true };
  }
  if (!isMap(target)) return null;
  const pair = target.items.findLast((each) => isScalar(each.key) && each.key.value === String(key));
  return pair && isScalar(pair.key) ? { key: pair.key, node: pair.value, isWhole: true } : null;
}

/** The value at a path, or its nearest existing ancestor. */
function find(root: Root, path: Path): Found {
  let found: Found = { key: null, node: root.document.contents, isWhole: true };
  for (const key of path) {
    const next = step(root, found.node, key);
    if (next === null) return { ...found, isWhole: false };
    found = next;
  }
  return found;
}

/**
 * Range of the text that a finding points at. For a block of keys it is the key of the block, since the block
 * itself starts on another line.
 */
function pointAt({ key, node }: Found, at: Problem['at']): Offsets {
  const isBlock = isCollection(node) && node.flow !== true;
  const range = rangeOf(node);
  const isEmpty = range === null || range[0] === range[1];
  const chosen = key !== null && (at === 'key' || isBlock || isEmpty) ? rangeOf(key) : range;
  if (chosen === null) return [0, 1];
  return isBlock && chosen === range ? [chosen[0], chosen[0] + 1] : chosen;
}

/** Position in the source of a character of a text, if the text is written there literally. */
function offsetInside(text: string, node: unknown, offset: number): Offsets | null {
  const range = rangeOf(node);
  if (range === null || !isScalar(node) || typeof node.value !== 'string') return null;
  const written = text.slice(range[0], range[1]);
  const start = written.indexOf(node.value);
  if (start >= 0) return [range[0] + start + offset, range[0] + start + offset + 1];
  const before = node.value.slice(0, offset).split('\n');
  const line = node.value.split('\n')[before.length - 1] ?? '';
  const lineStart = line.trim() === '' ? -1 : written.indexOf(line);
  if (lineStart < 0) return null;
  const at = range[0] + lineStart + (before.at(-1) ?? '').length;
  return [at, at + 1];
}

/** The plain value; or the problem, if a small file would expand to an enormous one. */
function toValue(document: Document): { value: unknown } | Located {
  const excess = expansionProblem(document);
  return excess ?? { value: document.toJS({ maxAliasCount: -1 }) as unknown };
}

/** A reference with an empty default. */
const OPTIONAL = /^\$\{[A-Za-z_]\w*:-\}$/u;

function fillIn(document: Document, env: Environment): FromEnvironment & { located: readonly Located[] } {
  const names = new Map<Scalar, readonly string[]>();
  const missing = new Set<Scalar>();
  const optional = new Set<Scalar>();
  const located: Located[] = [];
  visit(document, {
    Scalar(key, scalar) {
      if (key === 'key' || typeof scalar.value !== 'string' || !scalar.value.includes('${')) return;
      if (OPTIONAL.test(scalar.value)) optional.add(scalar);
      const result = interpolate(scalar.value, env);
      scalar.value = result.text;
      names.set(scalar, result.names);
      const at = rangeOf(scalar) ?? [0, 1];
      for (const name of new Set(result.missing)) {
        missing.add(scalar);
        const message = `the environment variable ${name} is not set`;
        const fix = `Set ${name} before the start, or give a default: \${${name}:-value}.`;
        located.push({ at, problem: { code: 'missing-variable', message, fix } });
      }
      for (const reference of result.malformed) {
        missing.add(scalar);
        const message = `"${reference.slice(0, LONGEST_SHOWN)}" is not a reference to an environment variable`;
        const fix = 'Write ${NAME} or ${NAME:-default}: letters, digits and _ only.';
        located.push({ at, problem: { code: 'bad-variable', message, fix } });
      }
    },
  });
  return { names, missing, optional, located };
}

function secretRanges({ document, targets }: Root, text: string): Offsets[] {
  const ranges: Offsets[] = [];
  visit(document, {
    Pair(_, { key, value }, ancestors) {
      if (!isScalar(key)) return;
      const above = ancestors
        .filter(isPair)
        .map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''));
      if (!isSecretPath([...above.slice(-1), String(key.value)])) return;
      const range = rangeOf(isAlias(value) ? targets.get(value) : value);
      if (range !== null && !isReference(text.slice(...range))) ranges.push(range);
    },
  });
  return ranges;
}

function describeNode(node: unknown, names: readonly string[], isSecret: boolean): string {
  if (names.length > 0) return `the value of ${names.map((name) => `\${${name}}`).join(' and ')}`;
  if (isSecret) return 'the value';
  if (isMap(node)) return 'a block of keys';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null || node.value === undefined) return 'nothing';
  if (typeof node.value !== 'string') return node.source ?? 'the value';
  const value = maskSecrets(node.value, []);
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
}

/**
 * Parses a YAML text. With `env`, references to the environment are replaced. Problems of the text itself are
 * already among the source's findings; `value` is undefined if nothing else can be checked.
 */
export function openYaml(written: string, file: string, env?: Environment): YamlSource {
  return finish(openInSteps(written, file, env));
}

/** Like `openYaml`, but in steps: a file of 100 rules takes some tens of milliseconds. */
export function* openInSteps(written: string, file: string, env?: Environment): Steps<YamlSource> {
  const hasMark = written.startsWith('\u{feff}');
  const text = hasMark ? written.slice(1) : written;
  if (text.length > LIMITS.ruleFileBytes) {
    const message = `the file is larger than ${LIMITS.ruleFileBytes / 1024 / 1024} MiB, the maximum size`;
    return withoutContents(
      file,
      fileFinding(file, 'file-too-large', message, 'Split it into several files.'),
    );
  }
  const lineCounter = new LineCounter();
  const composed = yield* composeInSteps(text, { lineCounter, stringKeys: true });
  if (!composed.ok) {
    const place = placesIn(text, file, lineCounter);
    const { make } = collector(place, () => maskSecretLines(text).split(/\r?\n/u));
    return withoutContents(file, make(composed.located));
  }
  const document = onlyOf(composed.documents);
  if (document.contents === null && document.errors.length === 0) {
    const fix = 'A file begins with `version: 1`; see the examples.';
    return withoutContents(file, fileFinding(file, 'empty-file', 'the file is empty', fix));
  }
  yield;
  return yield* buildSource({ text, file, document, lineCounter, hasMark, env });
}

/** The first document, with an error where a second one begins. */
function onlyOf([first, second]: readonly Document.Parsed[]): Document.Parsed {
  if (first === undefined) throw new Error('the YAML library returned no document');
  if (second) first.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', ''));
  return first;
}

function placesIn(text: string, file: string, lineCounter: LineCounter): (offset: number) => Place {
  return (offset) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
}

interface Opened {
  readonly text: string;
  readonly file: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;
  readonly hasMark: boolean;
  readonly env: Environment | undefined;
}

const NOTHING: FromEnvironment & { located: readonly Located[] } = {
  names: new Map(),
  missing: new Set(),
  optional: new Set(),
  located: [],
};
function* buildSource({ text, file, document, lineCounter, hasMark, env }: Opened): Steps<YamlSource> {
  const placeOf = placesIn(text, file, lineCounter);
  const root = { document, targets: aliasTargets(document) };
  yield;
  const { add, make, findings } = collector(placeOf, () => maskedLines(root, text));
  const syntax = syntaxProblems(document, text);
  yield;
  const broken = [...syntax, ...duplicateKeys(document), ...aliasProblems(root.targets)];
  yield;
  const filled = env === undefined ? NOTHING : fillIn(document, env);
  const result = broken.every(({ problem }) => problem.code === 'duplicate-key') ? toValue(document) : null;
  yield;
  const unfolding = result !== null && 'problem' in result ? [result] : [];
  for (const located of [...broken, ...filled.located, ...unfolding, ...lostTexts(document)]) add(located);
  if (hasMark) add({ at: [0, 1], problem: BYTE_ORDER_MARK });

  const namesAt = (path: Path) => {
    const { node } = find(root, path);
    return isScalar(node) ? (filled.names.get(node) ?? []) : [];
  };
  const emptyValue = ({ node, isWhole }: Found, path: Path) =>
    env && isWhole && isScalar(node) && String(node.value).trim() === ''
      ? emptyVariable(namesAt(path), path, env)
      : null;
  return {
    file,
    value: result !== null && 'value' in result ? result.value : undefined,
    report(path, problem) {
      const found = find(root, path);
      if (isScalar(found.node) && filled.missing.has(found.node)) return;
      const blank = problem.severity === 'warning' ? null : emptyValue(found, path);
      if (blank !== null) {
        add({ at: pointAt(found, 'value'), problem: blank });
        return;
      }
      const inside =
        typeof problem.offset === 'number' && found.isWhole && namesAt(path).length === 0
          ? offsetInside(text, found.node, problem.offset)
          : null;
      add({ at: inside ?? pointAt(found, problem.at), problem });
    },
    point(path, problem) {
      return make({ at: pointAt(find(root, path), problem.at), problem });
    },
    findings,
    place: (path) => placeOf((rangeOf(find(root, path).node) ?? [0, 0])[0]),
    describe: (path) => describeNode(find(root, path).node, namesAt(path), isSecretPath(path)),
    unquoted(path) {
      const { node, isWhole } = find(root, path);
      return isWhole && isScalar(node) && node.type === 'PLAIN' ? (node.source ?? '') : null;
    },
    isFromEnvironment: (path) => namesAt(path).length > 0,
    isOptional(path) {
      const { node } = find(root, path);
      return isScalar(node) && filled.optional.has(node);
    },
  };
}

function maskedLines(root: Root, text: string): readonly string[] {
  const masked = maskSecrets(text, secretRanges(root, text));
  return (root.document.errors.length > 0 ? maskSecretLines(masked) : masked).split(/\r?\n/u);
}
