import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../src/store/sql');

/** Calls in a folder that create a generator which is never run: `yield*` was forgotten, and nothing would happen. */
function floatingWork(files: readonly string[]): string[] {
  const program = ts.createProgram({
    rootNames: [...files],
    options: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      // Types from elsewhere are never our generators, and checking them takes most of the time.
      ...{ lib: ['lib.es2023.d.ts'], types: [] },
      ...{ strict: true, noEmit: true },
    },
  });
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const name of files) {
    const source = program.getSourceFile(name);
    if (!source) throw new Error(`${name} was not read`);
    const visit = (node: ts.Node): void => {
      if (
        ts.isExpressionStatement(node) &&
        checker.getTypeAtLocation(node.expression).getSymbol()?.getName() === 'Generator'
      ) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        found.push(`${basename(name)}:${line + 1} ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** A sample with a forgotten `yield*`, to prove that the search finds it. */
const FORGOTTEN = `import type { Work } from '${FOLDER}/sql-runner.js';
declare function work(): Work<number>;
export function* all(): Work<void> {
  work();
  yield* work();
}
`;

describe('the generators of transactions', () => {
  // Computes the types of the whole folder.
  it('are never created without being run', { timeout: 90_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'floating-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const forgotten = join(folder, 'forgotten.ts');
    writeFileSync(forgotten, FORGOTTEN);
    const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
    expect(files.length).toBeGreaterThan(20);
    expect(floatingWork([...files, forgotten])).toEqual(['forgotten.ts:4 work();']);
  });
});
