import { z } from 'zod';
import { rulesFileSchema } from './schema.js';

/** The JSON Schema of rule files, for editors. It knows shapes and names; `check` knows more. */
export function rulesJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(rulesFileSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Rules of blotato-autoresponder' };
}
