import { type Document, isAlias, isCollection, isNode, isPair, isScalar, visit } from 'yaml';
import { LIMITS } from '../domain/limits.js';
import type { Located } from './collect.js';
import { rangeOf } from './problems.js';
import { ALIAS_BOMB } from './syntax.js';

/** Maximum number of problems of one kind that are reported for a file. */
const MOST_REPORTED = 1_000;

/**
 * Keys that occur twice in a block, by a set: the library's own check (`uniqueKeys`) takes quadratic time (yaml
 * 2.9.1, findings/yaml-unique-keys.sh).
 */
export function duplicateKeys(document: Document): readonly Located[] {
  const located: Located[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) located.push(duplicate(key.value, rangeOf(key) ?? [0, 1]));
        seen.add(key.value);
      }
      return located.length > MOST_REPORTED ? visit.BREAK : undefined;
    },
  });
  return located.slice(0, MOST_REPORTED);
}

function duplicate(key: unknown, at: Located['at']): Located {
  const fix = 'Keep one of the two, with the contents of both.';
  const message = `the key "${String(key)}" occurs twice here`;
  return { at: [at[0], Math.max(at[1], at[0] + 1)], problem: { code: 'duplicate-key', message, fix } };
}

/**
 * Reports a document whose aliases stand for more than `LIMITS.yamlExpanded` nodes, at the alias that exceeds it.
 * Counts without expanding.
 */
export function expansionProblem(document: Document): Located | null {
  const sizes = new Map<string, number>();
  let total = 0;
  let excess: Located | null = null;
  // The number of levels is bounded when the text is parsed.
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) {
      const size = sizes.get(node.source) ?? 1;
      total += size;
      if (total > LIMITS.yamlExpanded) excess ??= { at: rangeOf(node) ?? [0, 1], problem: ALIAS_BOMB };
      return size;
    }
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += excess === null ? sizeOf(item) : 0;
    if (isNode(node) && node.anchor !== undefined) sizes.set(node.anchor, size);
    return size;
  };
  sizeOf(document.contents);
  return excess;
}
