import { type Document, isCollection, isScalar, visit, type Alias, isAlias, type Node } from 'yaml';
import type { Located, Offsets } from './collect.js';
import { wordSyntaxError } from './syntax.js';

export function syntaxProblems(document: Document, text: string): Located[] {
  const seen = new Set<string | number>();
  const located: Located[] = [];
  for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
    // One mistake causes several parser errors: only the first of each kind and in each line is reported.
    const line = text.lastIndexOf('\n', pos[0] - 1);
    if (seen.has(code) || seen.has(line)) continue;
    seen.add(code).add(line);
    const problem = wordSyntaxError(code, message, {
      before: text[pos[0] - 1],
      rest: text.slice(pos[0]).split('\n', 1)[0] ?? '',
    });
    const [from, to] = (problem.code === 'not-closed' ? unclosedFrom(document, pos[0]) : null) ?? pos;
    const end = code === 'TAB_AS_INDENT' ? from + 1 : Math.max(to, from + 1);
    located.push({ at: [from, end], problem });
  }
  return located;
}

/** Range of an unclosed node that extends to where the parser failed: the fix belongs at its beginning. */
function unclosedFrom(document: Document, noticed: number): Offsets | null {
  let opened: Offsets | null = null;
  visit(document, {
    Node(_, node) {
      const range = rangeOf(node);
      const isOpen = isScalar(node)
        ? /^QUOTE/u.test(node.type ?? '')
        : isCollection(node) && node.flow === true;
      if (isOpen && range !== null && range[1] === noticed) opened = [range[0], range[0] + 1];
    },
  });
  return opened;
}

/** The nodes that the aliases of a document refer to; undefined for an alias without an anchor. */
export type AliasTargets = ReadonlyMap<Alias, Node | undefined>;

/**
 * Finds the targets of all aliases in one pass. `Alias.resolve` of the library visits the whole document for each
 * of them.
 */
export function aliasTargets(document: Document): AliasTargets {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/**
 * Reports aliases. A name that begins with `*` refers to an `&anchor`, but in rule files it is nearly always
 * a text without quotes.
 */
export function aliasProblems(targets: AliasTargets): Located[] {
  return [...targets].flatMap(([alias, target]): Located[] => {
    const at = rangeOf(alias) ?? [0, 1];
    const inside = rangeOf(target);
    if (target === undefined) {
      const message = `a text cannot begin with * unless it is in quotes (there is no anchor "&${alias.source}")`;
      const fix = 'Put the whole text in double quotes, such as "…".';
      return [{ at, problem: { code: 'needs-quotes', message, fix } }];
    }
    if (inside === null || inside[0] > at[0] || at[1] > inside[1]) return [];
    const message = `"*${alias.source}" is inside the block that it repeats, so it would never end`;
    return [{ at, problem: { code: 'alias-loop', message, fix: 'Remove it.' } }];
  });
}

export function rangeOf(node: unknown): Offsets | null {
  const range = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : null;
  return range ? [range[0], range[1]] : null;
}

/**
 * Texts continued after a `#` that YAML takes for the start of a comment: `Use code SUMMER #10`, `- #sale`.
 */
export function lostTexts(document: Document): Located[] {
  const found: Located[] = [];
  visit(document, {
    Scalar(_, scalar) {
      const { comment, value, type } = scalar;
      const isText = value === null || (typeof value === 'string' && type === 'PLAIN');
      // A real comment has a space after the `#`.
      if (!isText || !comment || /^[\s#!]/u.test(comment) || comment.includes('\n')) return;
      const lost = `#${comment}`;
      const message = `"${lost}" is ignored: YAML reads text after a space and # as a comment`;
      const fix = `Put the whole text in quotes: "${value === null ? lost : `${value} ${lost}`}".`;
      found.push({
        at: rangeOf(scalar) ?? [0, 1],
        problem: { code: 'lost-text', message, fix, severity: 'warning' },
      });
    },
  });
  return found;
}
