import { valueAt, type Path, type YamlSource } from './source.js';
import { needsQuotes, MISREAD } from './issues.js';

/**
 * Reports unquoted words such as `yes` and `no` in a list, or in the lists of a block. The value may have any
 * shape.
 */
export function reportMisreadLists(source: YamlSource, path: Path): void {
  const value = valueAt(source.value, path);
  if (Array.isArray(value)) {
    for (const index of value.keys()) reportMisreadWord(source, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (Array.isArray(inner)) reportMisreadLists(source, [...path, key]);
    }
  }
}

/** Reports an unquoted text that other parsers read as true or false: `no`, `yes`, `on`, `off`. */
export function reportMisreadWord(source: YamlSource, path: Path): void {
  const written = source.unquoted(path);
  const value = valueAt(source.value, path);
  if (written === null || typeof value !== 'string' || !MISREAD.test(written)) return;
  const name = path.findLast((step) => typeof step === 'string');
  source.report(path, needsQuotes({ source, path, value, label: name === undefined ? '' : `${name}: ` }));
}
