import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { LIMITS } from '../domain/limits.js';
import { finish, type Steps } from '../domain/steps.js';
import type { Located } from './collect.js';
import { lengthenLists, shortenLists } from './compose-lists.js';
import { TOO_DEEP } from './syntax.js';

/** Documents of a YAML text; or the bound that the text exceeds, before anything was built from it. */
export type Composed =
  | { readonly ok: true; readonly documents: readonly Document.Parsed[] }
  | { readonly ok: false; readonly located: Located };

export interface ComposeOptions {
  /** @default '1.2' */
  readonly version?: '1.1' | '1.2';
  /** True if keys must be texts. @default false */
  readonly stringKeys?: boolean;
  readonly lineCounter?: LineCounter;
}

/** Lexemes per step, which take about a millisecond. */
const PORTION = 100;

/** Marks that the next lexeme is the text of a scalar, whatever its first character. */
const SCALAR = '\u{1f}';

/**
 * Parses the documents of a text. Bounds are checked before documents are built: number of lexemes, of aliases,
 * length of a value, depth. Duplicate keys are not reported (see `duplicateKeys`), because the library compares
 * each key with all earlier ones of its block.
 */
export function compose(text: string, options: ComposeOptions = {}): Composed {
  return finish(composeInSteps(text, options));
}

/** Like `compose`, but in steps. */
export function* composeInSteps(
  text: string,
  { version = '1.2', stringKeys = false, lineCounter = new LineCounter() }: ComposeOptions,
): Steps<Composed> {
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  const options = { version, stringKeys, uniqueKeys: false, logLevel: 'silent' } as const;
  const tokens: CST.Token[] = [];
  const exceeds = boundOf(parser);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes % PORTION === 0) yield;
    const located = exceeds(lexeme);
    if (located !== null) return { ok: false, located };
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  yield;
  return { ok: true, documents: yield* composeTokens(tokens, options, text.length) };
}

/** Composes the documents of a text. A directive may change the meaning of all that follows. */
function* composeTokens(
  tokens: readonly CST.Token[],
  options: ConstructorParameters<typeof Composer>[0],
  end: number,
): Steps<Document.Parsed[]> {
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  const first = tokens.find(({ type }) => type === 'document' || type === 'directive');
  const shortened = first?.type === 'document' ? yield* shortenLists(first, options) : null;
  for (const token of tokens)
    documents.push(...composer.next(shortened && token === first ? shortened.token : token));
  documents.push(...composer.end(documents.length === 0, end));
  if (documents[0] && shortened) lengthenLists(documents[0], shortened);
  return documents;
}

/** Returns a function that checks one lexeme after the other, and returns the first bound that is exceeded. */
function boundOf(parser: Parser): (lexeme: string) => Located | null {
  let lexemes = 0;
  let aliases = 0;
  let isText = false;
  return (lexeme) => {
    const at = [parser.offset, parser.offset + 1] as const;
    const isComment = !isText && lexeme.startsWith('#');
    const isMark = !isText && /^[*&!]/u.test(lexeme);
    isText = lexeme === SCALAR;
    lexemes += 1;
    aliases += isMark ? 1 : 0;
    if (lexemes > LIMITS.yamlLexemes) return { at, problem: TOO_MANY };
    if (aliases > LIMITS.yamlAliases) return { at, problem: TOO_MANY_ALIASES };
    if (parser.stack.length > LIMITS.yamlDepth) return { at, problem: TOO_DEEP };
    if (lexeme.length > LIMITS.yamlValue && !isComment) return { at, problem: tooLong(lexeme.length) };
    return null;
  };
}

const TOO_MANY = {
  code: 'file-too-large',
  message: `the file has more than ${LIMITS.yamlLexemes} keys, values and signs`,
  fix: 'Split it into several files.',
};
const TOO_MANY_ALIASES = {
  code: 'alias-bomb',
  message: `there are more than ${LIMITS.yamlAliases} anchors, aliases and tags (\`&name\`, \`*name\`, \`!tag\`)`,
  fix: 'Write the repeated parts out.',
};

function tooLong(length: number): Located['problem'] {
  return {
    code: 'value-too-long',
    message: `a value of ${length} characters begins here, but at most ${LIMITS.yamlValue} are read`,
    fix: 'Shorten it, or look for a quote that is not closed.',
  };
}
