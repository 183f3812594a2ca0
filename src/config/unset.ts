import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import type { CheckedEach } from '../domain/workspaces.js';
import { openYaml } from '../yaml/document.js';
import { type Environment, interpolate } from '../yaml/interpolate.js';
import { valueAt, type YamlSource } from '../yaml/source.js';
import type { IsSchedule } from './clashes.js';
import { parseWorkspaces } from './workspaces.js';

/** Code of the finding about a variable that is not set. */
export const UNSET = 'missing-variable';

interface Written {
  readonly text: string;
  readonly env: Environment;
  readonly isSchedule: IsSchedule;
}

/**
 * Parses a configuration with `workspaces`. A workspace of the list with a variable that is not set is left out, as one in
 * a file of its own is: a worker that runs cannot get new variables, and the others must not depend on them.
 */
export function parseEachWorkspace(
  source: YamlSource,
  { text, env, isSchedule }: Written,
): CheckedEach<Config> {
  const findings = source.findings().filter(({ code }) => code === UNSET);
  const whole = () => parseWorkspaces(source, env, isSchedule);
  if (findings.length === 0) return whole();
  const written = openYaml(text, source.file).value;
  const list = valueAt(written, ['workspaces']);
  if (!Array.isArray(list)) return whole();
  const unset = list.map((block) => missingIn(block, env));
  if (missingIn({ ...(written as object), workspaces: [] }, env).length > 0) return whole();
  // Each variable gets a text of its own, since two workspaces with one key are an error.
  const filled = Object.fromEntries(unset.flat().map((name) => [name, `${name} is not set`]));
  const read = parseWorkspaces(openYaml(text, source.file, { ...env, ...filled }), env, isSchedule);
  const isUnset = (index: number) => (unset[index] ?? []).length > 0;
  if (!read.ok || read.value.every((_, index) => isUnset(index))) return whole();
  const broken = read.value.flatMap(({ workspace }, index) =>
    isUnset(index) ? [{ workspace, config: null, findings: within(index, findings, source) }] : [],
  );
  return { ...read, value: read.value.filter((_, index) => !isUnset(index)), broken };
}

function missingIn(block: unknown, env: Environment): readonly string[] {
  return interpolate(JSON.stringify(block), env).missing;
}

/** The findings in a block of the list; all of them if the block refers to values that are written elsewhere. */
function within(index: number, findings: readonly Finding[], source: YamlSource): readonly Finding[] {
  const isFrom = (at: number, { line, column }: Finding): boolean => {
    const from = source.place(['workspaces', at]);
    return line > from.line || (line === from.line && column >= from.column);
  };
  const hasNext = valueAt(source.value, ['workspaces', index + 1]) !== undefined;
  const own = findings.filter((each) => isFrom(index, each) && !(hasNext && isFrom(index + 1, each)));
  return own.length > 0 ? own : findings;
}
