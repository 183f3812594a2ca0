import { type Document, LineCounter, visit } from 'yaml';
import { controlSign } from '../domain/terminal.js';
import type { Located } from './collect.js';
import { compose } from './compose.js';
import { duplicateKeys, expansionProblem } from './duplicates.js';
import { aliasProblems, aliasTargets, rangeOf, syntaxProblems } from './problems.js';

/** An error in YAML of another tool; line and column count from 1. */
export interface ForeignYamlError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
}

/**
 * Parses the documents of another tool's YAML file to plain values, or returns the first error. Uses YAML
 * 1.1, as most of those tools do: `yes` is true.
 */
export function parseForeignYaml(text: string): readonly unknown[] | ForeignYamlError {
  const lineCounter = new LineCounter();
  const composed = compose(text, { lineCounter, version: '1.1' });
  if (!composed.ok) return errorOf(composed.located, lineCounter);
  const found = composed.documents.flatMap((each) => problemsIn(each, text));
  const [first] = found.sort((a, b) => a.at[0] - b.at[0]);
  if (first) return errorOf(first, lineCounter);
  return composed.documents.map((each) => each.toJS({ maxAliasCount: -1 }) as unknown);
}

function errorOf({ at, problem: { message, fix } }: Located, lineCounter: LineCounter): ForeignYamlError {
  const { line, col } = lineCounter.linePos(at[0]);
  return {
    line: Math.max(1, line),
    column: Math.max(1, col),
    message,
    fix: typeof fix === 'string' ? fix : 'Correct this line.',
  };
}

function problemsIn(document: Document, text: string): Located[] {
  const problems = [
    ...syntaxProblems(document, text),
    ...duplicateKeys(document),
    ...aliasProblems(aliasTargets(document)),
    ...controlProblems(document),
  ];
  const excess = problems.length === 0 ? expansionProblem(document) : null;
  return excess === null ? problems : [excess];
}

/** Control characters, which a text in double quotes can have as escapes. */
function controlProblems(document: Document): Located[] {
  const found: Located[] = [];
  visit(document, {
    Scalar(_, scalar) {
      const sign = typeof scalar.value === 'string' ? controlSign(scalar.value) : null;
      if (sign === null) return undefined;
      const message = `this value has the control character ${sign}`;
      const problem = { code: 'control-character', message, fix: 'Remove it.' };
      found.push({ at: rangeOf(scalar) ?? [0, 1], problem });
      return visit.BREAK;
    },
  });
  return found;
}
