import { z } from 'zod';
import { configSchema } from './schema.js';

/** The JSON Schema of `config.yaml`, for editors. It knows shapes and names; `check` knows more. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Configuration of blotato-autoresponder' };
}
