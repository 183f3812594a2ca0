import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../src/store/sql');

/** Calls in a folder that make a generator which nobody runs: `yield*` was forgotten, and nothing would happen. */
function floatingWork(files: readonly string[]): string[] {
  const program = ts.createProgram({
    rootNames: [...files],
    options: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, noEmit: true },
  });
  const checker = program.getTypeChecker();
  const found: string[] = [];
  for (const name of files) {
    const source = program.getSourceFile(name);
    if (!source) throw new Error(`${name} was not read`);
    const visit = (node: ts.Node): void => {
      if (
        ts.isExpressionStatement(node) &&
        checker.typeToString(checker.getTypeAtLocation(node.expression)).startsWith('Generator<')
      ) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        found.push(`${name.slice(FOLDER.length + 1)}:${line + 1} ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

describe('the work of transactions', () => {
  it('is never made without being done', () => {
    const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
    expect(files.length).toBeGreaterThan(20);
    expect(floatingWork(files)).toEqual([]);
  });
});
