import { z } from 'zod';
import { rulesFileSchema } from './schema.js';

/** The JSON Schema of rule files, for editors. It covers shapes and names; `check` finds more. */
export function rulesJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(rulesFileSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Rules of blotato-autoresponder' };
}
