import { Document, isMap, visit } from 'yaml';

const LINE_WIDTH = 112;
const INDENT = 1;
/** Number of YAML nodes above a rule: the document, its block, the pair `rules`, and the list. */
const DEPTH_OF_A_RULE = 4;

/** A block of a rule file: its keys, and the comment above it. */
export interface Block {
  readonly comment: string | null;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Writes a rule file. Values of a single line are written as such; nested blocks that fit are written in one
 * line.
 */
export function ruleFileText(parts: {
  readonly comment: string | null;
  readonly rules: readonly Block[];
  readonly tests: readonly Block[];
}): string {
  const document = new Document({ version: 1, rules: parts.rules.map(({ value }) => value) });
  if (parts.tests.length > 0)
    document.set('tests', document.createNode(parts.tests.map(({ value }) => value)));
  if (parts.comment !== null) document.commentBefore = asComment(parts.comment);
  for (const [key, blocks] of [
    ['rules', parts.rules],
    ['tests', parts.tests],
  ] as const) {
    blocks.forEach(({ comment }, n) => {
      const node = document.getIn([key, n], true);
      if (isMap(node) && comment !== null) node.commentBefore = asComment(comment);
    });
  }
  return styled(document, DEPTH_OF_A_RULE);
}

/** Writes keys of a rule file; lists that fit are written in one line. */
export function valueText(value: Readonly<Record<string, unknown>>): string {
  return styled(new Document(value), 1).trimEnd();
}

/** Writes a document; blocks from this depth on that fit are written in one line. */
function styled(document: Document, depth: number): string {
  visit(document, {
    Collection(key, node, path) {
      const width = LINE_WIDTH - INDENT * path.length;
      const isLong = JSON.stringify(node).length > width || hasLines(node);
      if (path.length >= depth && key !== null && !isLong) node.flow = true;
    },
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || PLAIN.test(node.value)) return;
      node.type = node.value.includes('\n') ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** True if a text in the value has several lines, which a block in one line would show as `\n`. */
const hasLines = (node: unknown): boolean => JSON.stringify(node).includes('\\n');

/** Pattern of texts that every YAML parser reads as the same text without quotes. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*$(?<!^(?:y|n|yes|no|on|off|true|false|null)$)/iu;

const asComment = (text: string): string =>
  text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
