import { configJsonSchema } from '../config/json-schema.js';
import { rulesJsonSchema } from '../rules/json-schema.js';
import { oneOf } from './parse.js';
import { print } from './output.js';

/** `schema config|rules`: prints the JSON Schema for editors. */
export function schema(which: string): void {
  const chosen = oneOf('schema', which, ['config', 'rules']);
  print(JSON.stringify(chosen === 'config' ? configJsonSchema() : rulesJsonSchema(), null, 2));
}
