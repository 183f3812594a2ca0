import { parse, stringify } from 'yaml';

type Scope = Record<string, unknown>;

const lookup = (path: string, scope: Scope): unknown => {
  let value: unknown = scope;
  for (const key of path.replace(/^\./u, '').split('.')) {
    if (typeof value !== 'object' || value === null || !(key in value)) throw new Error(`no value: ${path}`);
    value = (value as Scope)[key];
  }
  return value;
};

const PATH = String.raw`(?:\.[A-Z]\w*(?:\.\w+)+|\$\w+)`;

function print(action: string, scope: Scope): string {
  const [, yaml, path = '', pipes = ''] =
    new RegExp(`^(toYaml )?(${PATH})((?: \\| (?:quote|nindent \\d+))*)$`, 'u').exec(action) ?? [];
  if (path === '') throw new Error(`not in the subset of Helm: ${action}`);
  const value = lookup(path, scope);
  let text = yaml === undefined ? String(value) : stringify(value).trimEnd();
  for (const pipe of pipes.split(' | ').slice(1)) {
    const by = ' '.repeat(Number(pipe.split(' ')[1] ?? 0));
    text = pipe === 'quote' ? JSON.stringify(text) : `\n${text.replace(/^/gmu, by)}`;
  }
  return text;
}

/** The object of a template in a small subset of Helm's language; throws for everything outside of it. */
export function render(template: string, scope: Scope): unknown {
  const parts = template.replace(/\s*\{\{- /gu, '{{ ').split(/\{\{ (.*?) \}\}/u);
  return parse(body(parts, [0, parts.length], scope));
}

function body(parts: readonly string[], [from, to]: readonly [number, number], scope: Scope): string {
  let text = parts[from] ?? '';
  for (let at = from + 1; at < to; at += 2) {
    const action = parts[at] ?? '';
    const turns = turnsOf(action, scope);
    if (turns === undefined) text += print(action, scope);
    else {
      const end = endOf(parts, at);
      for (const turn of turns) text += body(parts, [at + 1, end], { ...scope, ...turn });
      at = end;
    }
    text += parts[at + 1] ?? '';
  }
  return text;
}

/** The additions to the scope by each turn of a block; undefined if the action opens no block. */
function turnsOf(action: string, scope: Scope): Scope[] | undefined {
  const [, test] = new RegExp(`^if (${PATH})$`, 'u').exec(action) ?? [];
  if (test !== undefined) return lookup(test, scope) === true ? [{}] : [];
  const [, key = '', item = '', list] =
    new RegExp(`^range (\\$\\w+), (\\$\\w+) := (${PATH})$`, 'u').exec(action) ?? [];
  if (list === undefined) return undefined;
  return Object.entries(lookup(list, scope) as Scope)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => ({ [key]: name, [item]: each }));
}

/** The index of the `end` of the block that begins at `at`. */
function endOf(parts: readonly string[], at: number): number {
  let depth = 0;
  for (let i = at; i < parts.length; i += 2) {
    const action = parts[i] ?? '';
    if (/^(?:if|range) /u.test(action)) depth += 1;
    if (action === 'end' && --depth === 0) return i;
  }
  throw new Error('a block without end');
}
