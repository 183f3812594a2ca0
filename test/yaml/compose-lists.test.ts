import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Composer, type Document, isMap, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import { compose, composeInSteps } from '../../src/yaml/compose.js';
import { draws } from '../draws.js';

const OPTIONS = { version: '1.2', stringKeys: true, uniqueKeys: false, logLevel: 'silent' } as const;

/** The documents as the library composes them. */
function whole(text: string): readonly Document.Parsed[] {
  const counter = new LineCounter();
  const parser = new Parser(counter.addNewLine);
  const tokens = [...new Lexer().lex(text)].flatMap((lexeme) => [...parser.next(lexeme)]);
  return [...new Composer(OPTIONS).compose([...tokens, ...parser.end()], true, text.length)];
}

/** Everything about the nodes of documents, and their values, errors and warnings. */
function seen(documents: readonly Document.Parsed[]) {
  return documents.map((document) => {
    const { contents, errors, warnings, range, comment, commentBefore } = document;
    const value = errors.length === 0 ? valueOf(document) : null;
    return { ...{ errors, warnings, range, comment, commentBefore, value }, nodes: plain(contents) };
  });
}

/** Copies a node with its kind, without its schema and its methods. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== 'object') return node;
  const keys = Object.entries(node).filter(([key, value]) => key !== 'schema' && typeof value !== 'function');
  return {
    kind: node.constructor.name,
    ...Object.fromEntries(keys.map(([key, value]) => [key, plain(value)])),
  };
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return String(error);
  }
}

const SOUND = [
  ...[
    '- one',
    '- { id: a, words: [x, "y"] }',
    '- &a { id: a }',
    '- # note',
    '- id: b\n  on: [c]',
    '- - x\n  - y',
  ],
  ...['-', '# note', '', '- !!str 5', '- |\n  text\n  more', '-\n  id: c', '-  x: 1\n   y: 2', '- 2 # two'],
  ...['- { ? a : b }', '- &a text', '-\n\n  # note\n  id: d'],
];
const UNSOUND = [
  ...[
    '- *a',
    '- "two',
    '- !mine 5',
    '- <<: *a',
    ' - odd',
    'odd',
    '- ? [a]\n  : b',
    '- @no',
    '-\tx',
    '- *b :',
    '- &a *a',
  ],
];
const itemsOf = (...rare: readonly string[]) =>
  fc.array(fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...SOUND) }, fc.constantFrom('- a', ...rare)), {
    maxLength: 45,
    size: 'max',
  });
const block = fc.record({
  key: fc.constantFrom(
    'a: ',
    'b:',
    'c: &c',
    'd:',
    'e: # note',
    'f:',
    '"g":',
    '? h\n:',
    'i: !!seq',
    'j: !!omap',
  ),
  items: fc.oneof(itemsOf(), itemsOf(), itemsOf(...UNSOUND)),
  indent: fc.constantFrom('', '  '),
});
const text = fc
  .record({
    start: fc.constantFrom('', '', '', '# note\n', '---\n', '%YAML 1.1\n---\n', '%TAG ! tag:x,2000:\n---\n'),
    blocks: fc.array(block, { maxLength: 3 }),
    end: fc.constantFrom('', '', 'z: 1\n', '# end\n', '...\n', '---\na: 1\n'),
  })
  .map(({ start, blocks, end }) => {
    const lines = blocks.map(({ key, items, indent }) =>
      [key, ...items.flatMap((each) => each.split('\n').map((line) => indent + line))].join('\n'),
    );
    return `${start}${lines.map((each) => `${each}\n`).join('')}${end}`;
  });

/** True if the library finds nothing wrong in a text with a list that is long enough to be composed in steps. */
function isSteppedThrough(documents: readonly Document.Parsed[]): boolean {
  return documents.some(
    ({ contents, errors, warnings }) =>
      errors.length + warnings.length === 0 &&
      isMap(contents) &&
      contents.items.some(({ value }) => isSeq(value) && value.items.length > 20),
  );
}

describe('a YAML text with long lists', () => {
  it('is composed in steps as the library composes it at once', () => {
    let stepped = 0;
    fc.assert(
      fc.property(text, (written) => {
        const composed = compose(written, OPTIONS);
        const documents = whole(written);
        stepped += isSteppedThrough(documents) ? 1 : 0;
        expect(composed.ok && seen(composed.documents)).toEqual(seen(documents));
      }),
      { numRuns: draws(200) },
    );
    expect(stepped).toBeGreaterThan(draws(50));
  }, 120_000);

  it('composes few items between two steps', () => {
    const rules = Array.from({ length: 500 }, (_, n) => `  - { id: rule-${n}, reply: Hi }\n`);
    const created: number[] = [];
    let count = 0;
    const { next } = Composer.prototype;
    let most = 0;
    const steps = composeInSteps(`version: 1\nrules:\n${rules.join('')}`, OPTIONS);
    Composer.prototype.next = function* (token) {
      count += token.type === 'document' ? JSON.stringify(token).split('rule-').length - 1 : 0;
      yield* next.call(this, token);
    };
    try {
      for (;;) {
        count = 0;
        const step = steps.next();
        most = Math.max(most, count);
        created.push(count);
        if (step.done === true) break;
      }
    } finally {
      Composer.prototype.next = next;
    }
    expect([created.reduce((sum, each) => sum + each), most]).toEqual([500, 10]);
  });
});
