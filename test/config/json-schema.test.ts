import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { rulesJsonSchema } from '../../src/rules/json-schema.js';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [key: string]: unknown;
}

/** Every key of the schema, with its path. */
function keysOf(node: unknown, path = ''): [path: string, node: Node][] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties, ...rest } = node as Node;
  const own = Object.entries(properties ?? {}).map(([key, value]): [string, Node] => [
    `${path}.${key}`,
    value,
  ]);
  const below = own.flatMap(([at, value]) => keysOf(value, at));
  const others = Object.entries(rest).flatMap(([key, value]) => keysOf(value, `${path}/${key}`));
  return [...own, ...below, ...others];
}

describe.each([
  ['config', configJsonSchema()],
  ['rules', rulesJsonSchema()],
])('the JSON Schema of %s', (_, schema) => {
  it('explains every key in a sentence', () => {
    const unexplained = keysOf(schema).filter(([, node]) => !/[.…)]$/u.test(node.description ?? ''));
    expect(unexplained.map(([path]) => path)).toEqual([]);
    expect(keysOf(schema).length).toBeGreaterThan(20);
  });

  it('has no key that the program refuses', () => {
    const open = JSON.stringify(schema).match(/"additionalProperties":true/gu);
    expect(open).toBeNull();
  });
});

describe('the published JSON Schema', () => {
  it('of the configuration contains the defaults', () => {
    expect(configJsonSchema()).toMatchObject({
      required: ['version'],
      anyOf: [{ required: ['blotato', 'accounts'] }, { required: ['workspaces'] }],
      properties: { mode: { default: 'shadow' }, retention: { default: '45d' } },
    });
  });

  it("of rules requires only an id, since the file's defaults may contain the rest", () => {
    expect(rulesJsonSchema()).toMatchObject({ properties: { rules: { items: { required: ['id'] } } } });
  });
});
