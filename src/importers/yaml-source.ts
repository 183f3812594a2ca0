import { parseForeignYaml } from '../yaml/foreign.js';
import { ImportError, type SourceFile } from './imported.js';

/** Parses the documents of a YAML file. Throws ImportError with the place of the first error. */
export function readYaml({ name, text }: SourceFile): readonly unknown[] {
  const parsed = parseForeignYaml(text);
  if ('message' in parsed)
    throw new ImportError(
      `${name}:${parsed.line}:${parsed.column}`,
      `is not valid YAML: ${parsed.message}`,
      parsed.fix,
    );
  return parsed;
}
