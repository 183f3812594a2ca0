import { sizeIn, type TextLimit } from '../../domain/platforms.js';

/** So many sends a direct message may take. */
export const MOST_PARTS = 3;

/** A part that ends with a line is at least so full; three parts have to do. */
const LEAST_LINE_SHARE = 0.5;
/** The number of a list's item is not the end of the sentence before: `30.` */
const ITEM_NUMBER = /(?:^|\n)\s*[\p{L}\p{N}]{1,3}[.)]\s*$/u;

const SENTENCES = new Intl.Segmenter('und', { granularity: 'sentence' });

/**
 * The parts in which a text can be sent that is longer than the platform allows: each as long as it may be, ending where
 * a line ends, else where a sentence ends, or where a word ends in a sentence that is too long itself. Links stay whole, as nothing is
 * parted within a word. A text that fits is one part. Null when three parts do not hold it, or a word is too long.
 */
export function splitText(text: string, limit: TextLimit): readonly string[] | null {
  // Lines make shorter parts than sentences do, and there may be no more than three.
  return partsOf(text, limit, true) ?? partsOf(text, limit, false);
}

function partsOf(text: string, limit: TextLimit, byLines: boolean): readonly string[] | null {
  const parts: string[] = [];
  let rest = text.trim();
  while (sizeIn(limit, rest) > limit.most) {
    const end = partEnd(rest, limit, byLines);
    if (end === 0 || parts.length + 1 >= MOST_PARTS) return null;
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...parts, rest];
}

/** Where the first part ends: after the last whole line that fits, else the last whole sentence, else the last word. */
function partEnd(text: string, limit: TextLimit, byLines: boolean): number {
  const fitting = text.slice(0, longestFitting(text, limit));
  const most = fitting.length;
  const line = lastEnd(text, most, lineEnds(text));
  if (byLines && line >= most * LEAST_LINE_SHARE) return line;
  return lastEnd(text, most, sentenceEnds(text)) || line || lastEnd(text, most, wordEnds(text));
}

/** The last of the ends that fits, white space after it aside; 0 when none does. */
function lastEnd(text: string, most: number, ends: Iterable<number>): number {
  let last = 0;
  for (const end of ends) {
    if (text.slice(0, end).trimEnd().length > most) break;
    last = end;
  }
  return last;
}

function* sentenceEnds(text: string): Generator<number> {
  for (const { index, segment } of SENTENCES.segment(text)) {
    const end = index + segment.length;
    // Unicode ends a sentence after `?` within a link, which has no white space there.
    if (ITEM_NUMBER.test(text.slice(Math.max(0, end - 10), end))) continue;
    if (/\s$/u.test(segment) || /[^\p{ASCII}]$/u.test(segment)) yield end;
  }
}

function* lineEnds(text: string): Generator<number> {
  for (const { index, 0: end } of text.matchAll(/[^\S\n]*\n\s*/gu)) yield index + end.length;
}

function* wordEnds(text: string): Generator<number> {
  for (const { index, 0: space } of text.matchAll(/\s+/gu)) yield index + space.length;
}

/** How many code units from the start fit, never half a character. */
function longestFitting(text: string, limit: TextLimit): number {
  let [size, end] = [0, 0];
  for (const character of text) {
    size += sizeIn(limit, character);
    if (size > limit.most) break;
    end += character.length;
  }
  return end;
}
