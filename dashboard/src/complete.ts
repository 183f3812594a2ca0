/** The parts of a JSON Schema that completion uses. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
}

export interface Option {
  readonly label: string;
  readonly detail: string;
  readonly insert: string;
}

export interface Completion {
  /** Start of the part of a word before the caret. */
  readonly from: number;
  readonly options: readonly Option[];
}

/** A step into a list, beside the names of keys. */
const ITEM = '[]';
const LINE = /^(?<indent> *)(?<dashes>(?:- +)*)(?<key>[A-Za-z_][\w-]*)?(?<colon>:)?/u;
const KEY_HERE = /^(?<before> *(?:- +)*)(?<word>[A-Za-z_][\w-]*)?$/u;
const VALUE_HERE = /^(?<before> *(?:- +)*)(?<key>[A-Za-z_][\w-]*): +(?<word>[\w-]*)$/u;
/** Maximum depth of nested schemas, so that a schema that refers to itself ends. */
const DEEPEST = 8;

/** Finds the keys or values that the schema allows at the caret of a YAML text in block style. */
export function complete(text: string, caret: number, schema: Schema): Completion {
  const before = text.slice(0, caret).split('\n');
  const head = before.at(-1) ?? '';
  const value = VALUE_HERE.exec(head)?.groups;
  const place = value ?? KEY_HERE.exec(head)?.groups;
  if (!place) return { from: caret, options: [] };
  const word = place['word'] ?? '';
  const parents = pathOf(before, place['before'] ?? '');
  const nodes = nodesAt(schema, value?.['key'] === undefined ? parents : [...parents, value['key']]);
  const all = value === undefined ? keysOf(nodes) : valuesOf(nodes);
  return {
    from: caret - word.length,
    options: all.filter(({ label }) => label.startsWith(word) && label !== word),
  };
}

/** A line of a block: the columns of its first dash and of its key. */
interface Line {
  readonly dashAt: number | null;
  readonly keyAt: number;
  /** Key of the line; null if the line has none. */
  readonly key: string | null;
}

function lineOf(text: string): Line {
  const { indent = '', dashes = '', key, colon } = LINE.exec(text)?.groups ?? {};
  return {
    dashAt: dashes === '' ? null : indent.length,
    keyAt: indent.length + dashes.length,
    key: colon === undefined ? null : (key ?? null),
  };
}

/** The keys and lists around a key, found by indentation from its line upwards. */
function pathOf(lines: readonly string[], own: string): readonly string[] {
  const path: string[] = [];
  let limit = own.length;
  const enter = ({ dashAt, keyAt }: Line): void => {
    if (dashAt === null || keyAt > limit || dashAt >= limit) return;
    path.unshift(ITEM);
    // A list may be in the same column as its key.
    limit = dashAt + 1;
  };
  enter(lineOf(own));
  for (const text of lines.slice(0, -1).reverse()) {
    const line = lineOf(text);
    if (line.key === null || line.keyAt > limit) continue;
    if (line.keyAt < limit) {
      path.unshift(line.key);
      limit = line.keyAt;
    }
    enter(line);
  }
  return path;
}

function nodesAt(root: Schema, path: readonly string[]): readonly Schema[] {
  let nodes = unfolded(root, root);
  for (const step of path) {
    const next = nodes.flatMap((node) => {
      if (step === ITEM) return node.items ?? [];
      const rest = typeof node.additionalProperties === 'object' ? node.additionalProperties : [];
      return node.properties?.[step] ?? rest;
    });
    nodes = next.flatMap((node) => unfolded(node, root));
  }
  return nodes;
}

/** The schema with its references and alternatives resolved. */
function unfolded(node: Schema, root: Schema, depth = 0): readonly Schema[] {
  if (depth > DEEPEST) return [];
  const target = node.$ref === undefined ? null : root.$defs?.[node.$ref.replace('#/$defs/', '')];
  const others = [
    ...(target ? [target] : []),
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...(node.allOf ?? []),
  ];
  return [node, ...others.flatMap((each) => unfolded(each, root, depth + 1))];
}

function keysOf(nodes: readonly Schema[]): readonly Option[] {
  const keys = new Map<string, Option>();
  for (const [label, { description = '' }] of nodes.flatMap(({ properties = {} }) =>
    Object.entries(properties),
  )) {
    if (!keys.has(label)) keys.set(label, { label, detail: description, insert: `${label}: ` });
  }
  return [...keys.values()];
}

function valuesOf(nodes: readonly Schema[]): readonly Option[] {
  const values = nodes.flatMap((node) => [
    ...(node.enum ?? []),
    ...(node.const === undefined ? [] : [node.const]),
    ...(node.type === 'boolean' ? [true, false] : []),
  ]);
  return [...new Set(values.map(String))].map((label) => ({ label, detail: '', insert: label }));
}
