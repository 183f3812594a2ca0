import { sizeIn, type TextLimit } from '../../domain/platforms.js';

/** Maximum number of sends for a direct message. */
export const MOST_PARTS = 3;

/** Minimum length of a part that ends at a line end, so that three parts suffice. */
const LEAST_LINE_SHARE = 0.5;
/** The number of a list item is not the end of the previous sentence: `30.` */
const ITEM_NUMBER = /(?:^|\n)\s*[\p{L}\p{N}]{1,3}[.)]\s*$/u;

/** Made for the first text that is too long: making it takes a sixth of the start of `explain`. */
let sentences: Intl.Segmenter | undefined;

/**
 * Splits a text that is longer than the platform allows into parts: each as long as possible, ending at a
 * line end, else at the end of a sentence, else at the end of a word. Links stay whole, as words are never
 * split. A text that fits is one part. Null if three parts are not enough, or a word is too long.
 */
export function splitText(text: string, limit: TextLimit): readonly string[] | null {
  // Splitting at lines gives shorter parts than splitting at sentences, and at most three parts are allowed.
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

/**
 * End of the first part: after the last whole line that fits, else the last whole sentence, else the last
 * word.
 */
function partEnd(text: string, limit: TextLimit, byLines: boolean): number {
  const fitting = text.slice(0, longestFitting(text, limit));
  const most = fitting.length;
  const line = lastEnd(text, most, lineEnds(text));
  if (byLines && line >= most * LEAST_LINE_SHARE) return line;
  return lastEnd(text, most, sentenceEnds(text)) || line || lastEnd(text, most, wordEnds(text));
}

/** The last of the possible ends of a part that fits, ignoring white space after it; 0 if none fits. */
function lastEnd(text: string, most: number, ends: Iterable<number>): number {
  let last = 0;
  for (const end of ends) {
    if (text.slice(0, end).trimEnd().length > most) break;
    last = end;
  }
  return last;
}

function* sentenceEnds(text: string): Generator<number> {
  sentences ??= new Intl.Segmenter('und', { granularity: 'sentence' });
  for (const { index, segment } of sentences.segment(text)) {
    const end = index + segment.length;
    // Unicode ends a sentence after `?` within a link, where no white space follows.
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

/** Number of code units from the start that fit, without splitting a character. */
function longestFitting(text: string, limit: TextLimit): number {
  let [size, end] = [0, 0];
  for (const character of text) {
    size += sizeIn(limit, character);
    if (size > limit.most) break;
    end += character.length;
  }
  return end;
}
