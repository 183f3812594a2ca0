// Unifies the variants of a character that people type: digits, dashes, quotes and spaces of any script and
// keyboard.
import { LIMITS } from '../../domain/limits.js';

const DASHES = /[\p{Pd}\u2212\u2043]/gu;
const APOSTROPHES = /[\u2018\u2019\u201b\u02bc\u00b4]/gu;
const INVISIBLE = /\p{Cf}/gu;
const LINE_ENDS = /\r\n?|[\u2028\u2029\u0085\v\f]/gu;
const BLANKS = /[^\S\n]+/gu;

/**
 * A text with ASCII digits, dashes and apostrophes, and single spaces; line ends stay. Cut at
 * LIMITS.searchedText.
 */
export function plainSigns(text: string): string {
  const signs = text
    .slice(0, LIMITS.searchedText)
    .replace(APOSTROPHES, "'")
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(DASHES, '-')
    .replace(LINE_ENDS, '\n')
    .replace(BLANKS, ' ');
  return asciiDigits(signs);
}

/**
 * Converts digits of any script to ASCII. In Unicode the ten digits of a script are consecutive, starting
 * with zero.
 */
export function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(code - zero);
  });
}
