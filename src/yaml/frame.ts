import type { Example, Finding } from '../domain/finding.js';
import { plain } from '../domain/terminal.js';

const LINES_AROUND = 2;
/** Longer lines are cut around the place. */
const WIDTH = 100;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u;

/** Removes control characters from a line, and shows a tab, which would shift the caret, as an arrow. */
export function printable(text: string): string {
  return plain(text.replaceAll('\t', '→'));
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** The visible part of a line. */
function cut(line: string, from: number): string {
  const end = from + WIDTH;
  return `${from > 0 ? '…' : ''}${line.slice(from, end)}${line.length > end ? '…' : ''}`;
}

/**
 * Position of a finding. Line and column count from 1; `length` is in characters, of which at least one is
 * marked.
 */
interface FramePlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** The line with two lines before and after it, line numbers, and a caret under the place. */
export function codeFrame(lines: readonly string[], { line, column, length }: FramePlace): string {
  const first = Math.max(1, line - LINES_AROUND);
  let last = Math.max(line, Math.min(lines.length, line + LINES_AROUND));
  while (last > line && lines[last - 1]?.trim() === '') last -= 1;
  const digits = String(last).length;
  const from = column > WIDTH * 0.8 ? column - Math.round(WIDTH / 2) : 0;
  const shown: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = lines[number - 1] ?? '';
    const mark = number === line ? '>' : ' ';
    shown.push(`${mark} ${String(number).padStart(digits)} | ${printable(cut(text, from))}`.trimEnd());
    if (number !== line) continue;
    const before = widthOf(printable(text.slice(from, column - 1))) + (from > 0 ? 1 : 0);
    const marked = text.slice(column - 1, Math.min(column - 1 + length, from + WIDTH));
    const carets = '^'.repeat(Math.max(1, widthOf(printable(marked))));
    shown.push(`  ${' '.repeat(digits)} | ${' '.repeat(before)}${carets}`);
  }
  return shown.join('\n');
}

/** Applies colour to a part of a finding. */
type Paint = (part: 'error' | 'warning' | 'frame' | 'example' | 'fix', text: string) => string;

/**
 * Formats a finding for people: `file:line:column: error: message`, the surrounding lines, and the fix. A
 * finding about a whole file (missing or empty) has no line.
 */
export function formatFinding(finding: Finding, paint: Paint = (_, text) => text): string {
  const { file, line, column, severity, message, fix, frame, example } = finding;
  const isWholeFile = frame === '' && line === 1 && column === 1;
  const place = isWholeFile ? file : `${file}:${line}:${column}`;
  const parts = [`${place}: ${paint(severity, `${severity}:`)} ${message}`];
  if (frame !== '') parts.push(paint('frame', frame.replace(/^/gmu, '  ')));
  if (example) parts.push(`  ${paint('example', 'example:')} ${exampleText(example)}`);
  if (fix !== null) parts.push(`  ${paint('fix', 'fix:')} ${fix}`);
  return parts.join('\n');
}

const LONGEST_EXAMPLE = 120;

function exampleText({ kind, account, text, contact, firstContact, shows }: Example): string {
  const said = text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE)}…` : text;
  const name = contact.name === null || contact.name.length > LONGEST_EXAMPLE ? '' : ` by ${contact.name}`;
  const before = firstContact ? '' : ', who wrote before';
  return printable(`${kind} "${said}"${name}${before} to ${account}: ${shows}`);
}
