import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of the schema in the package; the relative path is the same from sources and build. */
const FILE = fileURLToPath(new URL('../../schema/rules.schema.json', import.meta.url));

let known: unknown;

/** The JSON Schema of rule files, for completion in an editor. */
export function rulesSchema(): object {
  known ??= JSON.parse(readFileSync(FILE, 'utf8'));
  return known as object;
}
