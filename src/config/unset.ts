import { randomUUID } from 'node:crypto';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { groupBy } from '../domain/group.js';
import type { CheckedEach } from '../domain/workspaces.js';
import { openYaml } from '../yaml/document.js';
import { type Environment, interpolate } from '../yaml/interpolate.js';
import { valueAt, type YamlSource } from '../yaml/source.js';
import type { IsSchedule } from './clashes.js';
import { parseWorkspaces } from './workspaces.js';

/** Codes of the findings about variables that are not set or empty. */
const UNSET: ReadonlySet<string> = new Set(['missing-variable', 'empty-variable']);

/** True for an error about a variable that is not set or empty. */
export function isUnset({ code, severity }: Finding): boolean {
  return severity === 'error' && UNSET.has(code);
}

interface Written {
  readonly text: string;
  readonly env: Environment;
  readonly isSchedule: IsSchedule;
}

/**
 * Parses a configuration with `workspaces`. A workspace of the list with a variable that is not set or empty is left out,
 * as one in a file of its own is: a worker that runs cannot get new variables, and the others must not depend on them.
 */
export function parseEachWorkspace(
  source: YamlSource,
  { text, env, isSchedule }: Written,
): CheckedEach<Config> {
  const whole = parseWorkspaces(source, env, isSchedule);
  const findings = whole.ok ? [] : whole.findings.filter(({ severity }) => severity === 'error');
  if (findings.length === 0 || !findings.every(isUnset)) return whole;
  const list = valueAt(openYaml(text, source.file).value, ['workspaces']);
  if (!Array.isArray(list)) return whole;
  const faulty = byBlock(list.length, findings, source);
  const names = new Set(findings.flatMap(nameIn));
  // A text that nobody can guess, since it may be a token, and another one for each, since two keys must differ.
  const filled = Object.fromEntries([...names].map((name) => [name, randomUUID()]));
  const read = parseWorkspaces(openYaml(text, source.file, { ...env, ...filled }), env, isSchedule);
  const isLeft = list.map((block) => namesOf(block).every((name) => !names.has(name)));
  if (!read.ok || !isLeft.includes(true)) return whole;
  const broken = read.value.flatMap(({ workspace }, index) =>
    isLeft[index] === true ? [] : [{ workspace, config: null, findings: faulty.get(index) ?? [] }],
  );
  return { ...read, value: read.value.filter((_, index) => isLeft[index] === true), broken };
}

/** The variables that a block refers to. */
function namesOf(block: unknown): readonly string[] {
  return interpolate(JSON.stringify(block), {}).names;
}

/** The variable that a finding is about. */
function nameIn({ message }: Finding): readonly string[] {
  return /\bvariable (\w+) is /u.exec(message)?.slice(1) ?? [];
}

/** The findings by the number of their block in the list. */
function byBlock(blocks: number, findings: readonly Finding[], source: YamlSource) {
  const starts = Array.from({ length: blocks }, (_, index) => source.place(['workspaces', index]));
  return groupBy(findings, ({ line, column }) =>
    starts.findLastIndex((from) => line > from.line || (line === from.line && column >= from.column)),
  );
}
