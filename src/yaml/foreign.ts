import { parseAllDocuments } from 'yaml';

/** Maximum expansions of aliases in a file of another tool. */
const MOST_ALIASES = 1_000;

/** An error in YAML of another tool; lines count from 1. */
export interface ForeignYamlError {
  readonly line: number;
  readonly message: string;
}

/**
 * Parses the documents of another tool's YAML file to plain values, or returns the first error. Uses YAML
 * 1.1, as most of those tools do: `yes` is true.
 */
export function parseForeignYaml(text: string): readonly unknown[] | ForeignYamlError {
  try {
    const documents = parseAllDocuments(text, { version: '1.1', prettyErrors: true, logLevel: 'silent' });
    if (!Array.isArray(documents)) return [];
    for (const { errors } of documents) {
      const [error] = errors;
      if (error)
        return { line: error.linePos?.[0].line ?? 1, message: error.message.split('\n', 1)[0] ?? '' };
    }
    return documents.map((each) => each.toJS({ maxAliasCount: MOST_ALIASES }) as unknown);
  } catch (error) {
    return { line: 1, message: error instanceof Error ? error.message : String(error) };
  }
}
