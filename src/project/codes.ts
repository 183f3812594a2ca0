import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codesIn } from '../domain/work.js';
import type { CodeFile } from '../rules/context.js';
import { pathProblem } from './table-source.js';

/** The codes of a file beside a rule file. */
export function codeFile(from: string, ruleFile: string): CodeFile {
  const file = join(dirname(ruleFile), from);
  const refused = pathProblem(from);
  if (refused) return { file, count: 0, problem: refused.message };
  try {
    const { length: count } = codesIn(readFileSync(file, 'utf8'));
    return { file, count, problem: count === 0 ? 'has no code' : null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { file, count: 0, problem: code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})` };
  }
}
