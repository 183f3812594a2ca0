import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LONGEST_CODE, readCodes } from '../domain/work.js';
import type { CodeFile } from '../rules/context.js';
import { pathProblem } from './table-source.js';

/** Number of lines that a finding names. */
const MOST_LINES = 5;
type Problem = CodeFile['problems'][number];

/** The codes of a file beside a rule file. */
export function codeFile(from: string, ruleFile: string): CodeFile {
  const file = join(dirname(ruleFile), from);
  const refused = (message: string, fix: string): CodeFile => ({
    ...{ file, count: 0 },
    problems: [{ message, fix, severity: 'error' }],
  });
  if (pathProblem(from) !== null) {
    const fix = 'Put it there or into a folder below, and write its name: codes.csv.';
    return refused('is not in the folder of the rule file', fix);
  }
  try {
    const text = textOf(readFileSync(file));
    if (text === null)
      return refused('is not a text file', 'Save it as text in UTF-8, with a code per line.');
    const { codes, repeated, tooLong } = readCodes(text);
    const problems = problemsOf(repeated, tooLong);
    if (codes.length === 0 && problems.length === 0) return refused('has no code', 'Write a code per line.');
    return { file, count: codes.length, problems };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'EISDIR') return refused('is a folder', 'Write the name of a file in it.');
    return code === 'ENOENT'
      ? refused('does not exist', 'Write its name as it is in the folder of the rule file.')
      : refused(`cannot be read (${code})`, 'Allow the user that runs autoresponder to read it.');
  }
}

/** The text of a file; null if its bytes are no UTF-8, or have a NUL, as in UTF-16 and in spreadsheets. */
function textOf(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function problemsOf(repeated: readonly number[], tooLong: readonly number[]): readonly Problem[] {
  const long = `has a code with more than ${LONGEST_CODE} characters, which nobody would get: ${lines(tooLong)}`;
  const twice = `has a code twice, which is handed out once: ${lines(repeated)}`;
  return [
    ...(tooLong.length > 0
      ? [{ message: long, fix: 'Write one code per line, in the first column.', severity: 'error' } as const]
      : []),
    ...(repeated.length > 0
      ? [{ message: twice, fix: 'Remove the repeated lines.', severity: 'warning' } as const]
      : []),
  ];
}

function lines(all: readonly number[]): string {
  const more = all.length > MOST_LINES ? ` and ${all.length - MOST_LINES} more` : '';
  return `${all.length === 1 ? 'line' : 'lines'} ${all.slice(0, MOST_LINES).join(', ')}${more}`;
}
