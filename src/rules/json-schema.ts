import { z } from 'zod';
import { LISTS_WITH_GROUPS } from './groups.js';
import { rulesFileSchema } from './schema.js';

/** The JSON Schema of rule files, for editors. It covers shapes and names; `check` finds more. */
export function rulesJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(rulesFileSchema, {
    ...{ io: 'input', target: 'draft-7' },
    override: ({ jsonSchema }) => {
      for (const key of LISTS_WITH_GROUPS) allowGroups(jsonSchema.properties?.[key]);
    },
  });
  return { ...schema, title: 'Rules of blotato-autoresponder' };
}

type Node = z.core.JSONSchema.JSONSchema;

/** Lists of texts may name groups, which are replaced before the shapes are checked. */
function allowGroups(node: z.core.JSONSchema._JSONSchema | undefined): void {
  if (typeof node !== 'object') return;
  for (const each of [node, ...(node.anyOf ?? [])]) {
    if (typeof each !== 'object' || each.type !== 'array') continue;
    const { items } = each;
    if (typeof items !== 'object' || Array.isArray(items) || items.type !== 'string') continue;
    each.items = { anyOf: [items, GROUP] };
  }
}

const GROUP: Node = {
  ...{ type: 'object', required: ['group'], additionalProperties: false },
  properties: { group: { description: 'The name of a list in groups.', type: 'string' } },
};
