import type { FailedCondition } from '../domain/decision.js';
import type { Description } from './compile.js';
import type { ResultNode } from './evaluate.js';
import { Comparison } from './meaning/comparison.js';
import { MessageText } from './text/text.js';
import { clockTimeOf } from './times.js';

/** The first condition that did not hold, in the order of the rule. Null if all held. */
export function firstFailed(description: Description, node: ResultNode): FailedCondition | null {
  if (node.result === true) return null;
  switch (description.kind) {
    case 'all': {
      const children = node.all ?? [];
      for (const [index, each] of description.of.entries()) {
        const child = children[index];
        const failed = child ? firstFailed(each, child) : null;
        if (failed) return failed;
      }
      return null;
    }
    case 'any': {
      const says = description.of.map(sentence).join(', or ');
      return { condition: says, actual: actualOf(description, node) };
    }
    case 'not':
      return { condition: `not: ${sentence(description.of)}`, actual: foundBy(description.of, node.not) };
    case 'leaf':
      return { condition: description.says, actual: shown(description.fact, node.factResult) };
  }
}

/** The words that fulfil a keyword condition; null for other conditions, and for several at once. */
function foundBy(description: Description, node: ResultNode | undefined): string | null {
  if (description.kind === 'all') {
    const [only, ...others] = description.of;
    return only && others.length === 0 ? foundBy(only, node?.all?.[0]) : null;
  }
  if (description.kind !== 'leaf' || !(node?.factResult instanceof MessageText)) return null;
  return description.found?.(node.factResult) ?? null;
}

/** True if all conditions of the rule hold except the one on its examples. */
export function onlyExamplesFailed(description: Description, { result, all = [] }: ResultNode): boolean {
  if (result === true || description.kind !== 'all') return false;
  return description.of.every(
    (each, index) => all[index]?.result === true || (each.kind === 'leaf' && each.fact === 'examples'),
  );
}

/** A condition tree in one line. */
export function sentence(description: Description): string {
  switch (description.kind) {
    case 'all':
      return join(description.of, ' and ');
    case 'any':
      return join(description.of, ' or ');
    case 'not':
      return `not: ${sentence(description.of)}`;
    case 'leaf':
      return description.says;
  }
}

function join(parts: readonly Description[], word: string): string {
  const texts = [...new Set(parts.map(sentence))];
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(word)})`;
}

/** The value of the event, if all branches are about the same fact. */
function actualOf(
  description: Extract<Description, { of: readonly Description[] }>,
  node: ResultNode,
): string | null {
  const first = description.of[0];
  const result = node.any?.[0];
  if (first?.kind !== 'leaf' || !result) return null;
  return shown(first.fact, result.factResult);
}

function shown(fact: string, value: unknown): string | null {
  if (fact === 'message_text' || fact === 'text') return null;
  if (value instanceof Comparison) return value.says;
  if (fact === 'local_time' && typeof value === 'number') return clockTimeOf(value);
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
