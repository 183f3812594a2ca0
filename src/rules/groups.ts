import { z } from 'zod';
import { LIMITS } from '../domain/limits.js';
import { checkShape, unknownName } from '../yaml/issues.js';
import { says, section } from '../yaml/shape.js';
import { type Path, type Problem, valueAt, type YamlSource } from '../yaml/source.js';
import { text } from '../yaml/values.js';

/** Lists that may contain `{ group: NAME }`. `value` is that of a condition, such as `fact: post`. */
export const LISTS_WITH_GROUPS = ['keywords', 'any', 'all', 'none', 'posts', 'accounts', 'value'] as const;

const groupName = z
  .string()
  .max(100)
  .refine(
    (name) => /^[A-Za-z0-9][A-Za-z0-9_-]*$/u.test(name),
    says('is not the name of a group: letters, digits, - and _ only', 'Write it as one word: thanks.'),
  );

export const groupsSchema = z
  .record(groupName, z.array(text().max(LIMITS.regexLength)).min(1).max(LIMITS.keywordsPerRule))
  .describe(
    'Named lists of keywords, posts or accounts, used in lists as { group: NAME }, also in other files.',
  );

const frameSchema = section({ groups: groupsSchema });

/** A named list of texts; `source` is null for a group of a file that was checked before. */
interface Group {
  readonly source: YamlSource | null;
  readonly path: Path;
  readonly texts: readonly string[];
}

/** A group of a file that is being read. */
interface ReadGroup extends Group {
  readonly source: YamlSource;
}

/** The groups that the lists of a file may name, and the names of those that they do. */
export interface Groups {
  readonly all: ReadonlyMap<string, Group>;
  readonly used: Set<string>;
}

/** Reads and checks the groups of all files, which share their names. */
export function groupsOf(sources: readonly YamlSource[]): ReadonlyMap<string, ReadGroup> {
  const all = new Map<string, ReadGroup>();
  for (const source of sources) {
    const written = valueAt(source.value, ['groups']);
    if (written === undefined) continue;
    checkShape(frameSchema.shape.groups, source, ['groups']);
    for (const [name, texts] of Object.entries(isBlock(written) ? written : {})) {
      const path = ['groups', name];
      const first = all.get(name);
      if (first === undefined)
        all.set(name, { source, path, texts: Array.isArray(texts) ? texts.filter(isText) : [] });
      else reportTwice(source, path, name, first);
    }
  }
  return all;
}

function reportTwice(source: YamlSource, path: Path, name: string, first: ReadGroup): void {
  const { file, line } = first.source.place(first.path);
  const message = `groups: "${name}" is already the name of another group, in ${file}:${line}`;
  source.report(path, { code: 'duplicate-group', message, fix: 'Join the two, or rename one.', at: 'key' });
}

/** Warns about groups that no list of any file names. */
export function reportUnused(all: ReturnType<typeof groupsOf>, used: ReadonlySet<string>): void {
  for (const [name, { source, path }] of all) {
    if (!used.has(name)) source.report(path, unused(name));
  }
}

export function unused(name: string): Problem & { readonly code: 'unused-group' } {
  const message = `no list uses the group "${name}"`;
  const fix = `Write { group: ${name} } in a list of keywords, posts or accounts, or remove it.`;
  return { code: 'unused-group', message, fix, severity: 'warning', at: 'key' };
}

/** Origin of each item of a list with groups; null if its group is unknown, which is reported. */
type Origins = readonly (Path | null)[];

/**
 * The source with the texts of groups in place of their names. Problems with such a text are reported where the
 * group has it, or at the name if the group is in another file.
 */
export function withGroups(source: YamlSource, groups: Groups): YamlSource {
  if (!mentions(source.value)) return source;
  const origins = new Map<string, Origins>();
  const value = expanded(source.value, [], (list, path) =>
    expandList(list, path, { source, groups, origins }),
  );
  if (origins.size === 0) return source;
  const at = (path: Path): Path | null => originOf(path, origins);
  return {
    ...source,
    value,
    report: (path, problem) => {
      const from = at(path);
      if (from !== null) source.report(from, problem);
    },
    point: (path, problem) => source.point(at(path) ?? path, problem),
    place: (path) => source.place(at(path) ?? path),
    describe: (path) => source.describe(at(path) ?? path),
    unquoted: (path) => source.unquoted(at(path) ?? path),
    isFromEnvironment: (path) => source.isFromEnvironment(at(path) ?? path),
    isOptional: (path) => source.isOptional(at(path) ?? path),
  };
}

function originOf(path: Path, origins: ReadonlyMap<string, Origins>): Path | null {
  for (let length = path.length - 1; length > 0; length -= 1) {
    const items = origins.get(JSON.stringify(path.slice(0, length)));
    const item = items?.[Number(path[length])];
    if (item === null) return null;
    if (item !== undefined) return [...item, ...path.slice(length + 1)];
  }
  return path;
}

/** True if a list somewhere in the value names a group: most files have none, and are not copied. */
function mentions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((each) => isReference(each) || mentions(each));
}

/** A copy of the value with the lists that name groups expanded. */
function expanded(
  value: unknown,
  path: Path,
  expand: (list: readonly unknown[], path: Path) => readonly unknown[],
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const key = path.at(-1);
    if (LISTS_WITH_GROUPS.some((each) => each === key) && value.some(isReference)) return expand(value, path);
    return value.map((each: unknown, index) => expanded(each, [...path, index], expand));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'groups' && path.length === 0 ? each : expanded(each, [...path, key], expand),
    ]),
  );
}

interface Expanding {
  readonly source: YamlSource;
  readonly groups: Groups;
  readonly origins: Map<string, Origins>;
}

function expandList(
  list: readonly unknown[],
  path: Path,
  { source, groups, origins }: Expanding,
): readonly unknown[] {
  const items: { readonly value: unknown; readonly from: Path | null }[] = [];
  for (const [index, item] of list.entries()) {
    const from = [...path, index];
    if (!isReference(item)) items.push({ value: item, from });
    else {
      const group = find(item, from, source, groups);
      // The name stands for the texts of an unknown group, so that the list is not reported as empty.
      if (group === null) items.push({ value: 'group', from: null });
      else
        for (const [place, value] of group.texts.entries()) {
          if (items.some((each) => each.value === value)) continue;
          items.push({ value, from: group.source === source ? [...group.path, place] : from });
        }
    }
  }
  origins.set(
    JSON.stringify(path),
    items.map(({ from }) => from),
  );
  return items.map(({ value }) => value);
}

function find(item: Reference, path: Path, source: YamlSource, { all, used }: Groups): Group | null {
  for (const key of Object.keys(item)) {
    if (key === 'group') continue;
    const message = `unknown key "${key}"`;
    source.report([...path, key], {
      code: 'unknown-key',
      message,
      fix: 'Remove it. Known here: group.',
      at: 'key',
    });
  }
  const name = item.group;
  used.add(String(name));
  const group = typeof name === 'string' ? all.get(name) : undefined;
  if (group !== undefined) return group;
  const at = [...path, 'group'];
  const shown = `group: ${source.describe(at)}`;
  const problem = unknownName(shown, typeof name === 'string' ? name : null, [...all.keys()]);
  const none = 'Define it at the top of a rule file: groups: { thanks: [merci, thanks] }.';
  source.report(at, { ...problem, code: 'unknown-group', ...(all.size === 0 ? { fix: none } : {}) });
  return null;
}

interface Reference {
  readonly group: unknown;
}

function isReference(value: unknown): value is Reference {
  return isBlock(value) && Object.hasOwn(value, 'group');
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
