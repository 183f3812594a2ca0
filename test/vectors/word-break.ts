import { readFileSync } from 'node:fs';

/** A text and the positions, in code units, of the word borders that Unicode defines (both ends included). */
export interface BrokenText {
  readonly line: string;
  readonly text: string;
  readonly breaks: readonly number[];
}

/** The cases of Unicode's WordBreakTest (15.0.0). */
export function wordBreakCases(): BrokenText[] {
  const lines = readFileSync(new URL('word-break.txt', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('÷')).map(toCase);
}

function toCase(line: string): BrokenText {
  let text = '';
  const breaks: number[] = [];
  for (const part of line.split(' ')) {
    if (part === '÷') breaks.push(text.length);
    else if (part !== '×') text += String.fromCodePoint(Number.parseInt(part, 16));
  }
  return { line, text, breaks };
}
