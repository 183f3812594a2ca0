import { type Document, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { compose } from './compose.js';
import { duplicateKeys } from './duplicates.js';

/** A change of a text: the range to replace, as offsets, and its new content. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Sets values in the list entry with the given `id`, and keeps everything else as written, comments included.
 * Returns null if no entry has that id, or if the entry is not a block with a line per key.
 */
export function setInEntry(
  text: string,
  list: string,
  id: string,
  values: Readonly<Record<string, string>>,
): string | null {
  const composed = compose(text, { stringKeys: true });
  const [document]: readonly Document[] = composed.ok ? composed.documents : [];
  if (!document || duplicateKeys(document).length > 0) return null;
  const entries = isMap(document.contents) ? document.contents.get(list) : null;
  const entry = isSeq(entries)
    ? entries.items.find((each): each is YAMLMap => isMap(each) && each.get('id') === id)
    : undefined;
  if (document.errors.length > 0 || !entry) return null;
  const splices = Object.entries(values).map(([key, value]) => spliceFor(text, entry, key, value));
  if (splices.some((splice) => splice === null)) return null;
  // Changes are applied from the end of the text, so that earlier offsets stay valid.
  return splices
    .filter((splice) => splice !== null)
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to, text: part }) => all.slice(0, from) + part + all.slice(to), text);
}

function spliceFor(text: string, entry: YAMLMap, key: string, value: string): Splice | null {
  const known = valueRange(pairOf(entry, key));
  if (known) return { from: known[0], to: known[1], text: value };
  const pair = pairOf(entry, 'id');
  const id = valueRange(pair);
  if (!id || !isScalar(pair?.key) || !pair.key.range) return null;
  if (entry.flow === true) return { from: id[1], to: id[1], text: `, ${key}: ${value}` };
  const lineStart = text.lastIndexOf('\n', pair.key.range[0] - 1) + 1;
  const end = text.indexOf('\n', id[1]);
  const at = end === -1 ? text.length : text[end - 1] === '\r' ? end - 1 : end;
  const indent = ' '.repeat(pair.key.range[0] - lineStart);
  return { from: at, to: at, text: `${text.includes('\r\n') ? '\r\n' : '\n'}${indent}${key}: ${value}` };
}

function pairOf(entry: YAMLMap, key: string): Pair | undefined {
  return entry.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function valueRange(pair: Pair | undefined): readonly [number, number] | null {
  const value = pair?.value;
  if (!isScalar(value) || !value.range || value.range[0] === value.range[1]) return null;
  return [value.range[0], value.range[1]];
}
