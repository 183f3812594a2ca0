import { ImportError, type ImportedRule, type Losses, type SourceFile, stateKeys } from './imported.js';
import { literal } from './texts.js';

interface Token {
  readonly kind: 'word' | 'tag' | 'text' | 'number' | 'sign';
  readonly value: string;
  readonly line: number;
}

const PATTERNS: readonly (readonly [Token['kind'] | null, RegExp])[] = [
  [null, /\s+|#[^\n]*|\/\*[^]*?\*\//uy],
  ['text', /text:[ \t]*(?:#[^\n]*)?\r?\n(?<block>[^]*?)\r?\n\.(?=\r?\n|$)/uy],
  ['text', /"(?<quoted>[^"\\]*(?:\\[^][^"\\]*)*)"/uy],
  ['tag', /:[A-Za-z_]\w*/uy],
  ['number', /\d+[KMG]?/uy],
  ['word', /[A-Za-z_]\w*/uy],
  ['sign', /[[\](){},;]/uy],
];

/** Maximum number of characters of a script; mail servers allow far less. */
const LONGEST_SCRIPT = 1_000_000;

interface Found {
  readonly kind: Token['kind'] | null;
  readonly whole: string;
  readonly value: string;
}

/** The token that begins at a position; null at the end and for anything else. */
function tokenAt(text: string, at: number): Found | null {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const { block, quoted } = match.groups ?? {};
    const value = quoted?.replace(/\\([^])/gu, '$1') ?? block?.replace(/^\.\./gmu, '.') ?? match[0];
    return { kind, whole: match[0], value };
  }
  return null;
}

/** Words and texts of a Sieve script (RFC 5228, section 2). Throws ImportError with the line. */
function tokensOf({ name, text }: SourceFile): readonly Token[] {
  if (text.length > LONGEST_SCRIPT) {
    throw new ImportError(
      name,
      `has ${text.length} characters, but at most ${LONGEST_SCRIPT} are read`,
      'Shorten it.',
    );
  }
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const found = tokenAt(text, at);
    if (found === null) {
      const rest = JSON.stringify(text.slice(at, at + 20));
      throw new ImportError(
        `${name}:${line}`,
        `is not a Sieve script: ${rest} cannot be read`,
        'Give the script as your mail server has it.',
      );
    }
    const { kind, whole, value } = found;
    if (kind !== null) tokens.push({ kind, value, line });
    line += whole.split('\n').length - 1;
    at += whole.length;
  }
  return tokens;
}

interface Statement {
  readonly command: string;
  readonly line: number;
  readonly rest: readonly Token[];
  /** True if the command is inside the braces of a condition. */
  readonly isConditional: boolean;
}

function statementsOf(tokens: readonly Token[]): readonly Statement[] {
  const statements: Statement[] = [];
  let depth = 0;
  for (let n = 0; n < tokens.length; n += 1) {
    const token = tokens[n];
    if (token?.kind === 'sign') depth += token.value === '{' ? 1 : token.value === '}' ? -1 : 0;
    if (token?.kind !== 'word') continue;
    const rest = tokens.slice(n + 1, endOf(tokens, n + 1));
    statements.push({ command: token.value, line: token.line, rest, isConditional: depth > 0 });
    n += rest.length;
  }
  return statements;
}

/** Position of the character that ends the statement. */
function endOf(tokens: readonly Token[], from: number): number {
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === 'sign' && (token.value === ';' || token.value === '{')) return at;
  }
  return tokens.length;
}

const MOST_DAYS = 365;
/** Default of `:days`: RFC 5230, section 4.1, leaves it to the site and names seven days. */
const DAYS = 7;
const CONDITIONS = ['if', 'elsif', 'else'];

/** Imports the vacation replies of a Sieve script (RFC 5230): each becomes an away rule. */
export function fromSieve(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  const rules = statementsOf(tokensOf(file)).flatMap((statement): ImportedRule[] => {
    const { command, line } = statement;
    const place = `${file.name}:${line}`;
    if (command === 'vacation') return [awayRule(statement, place, losses)];
    if (CONDITIONS.includes(command)) {
      losses.note(place, `the condition of ${command}: its rule is written in shadow mode`);
    } else if (command !== 'require') losses.note(place, `the command ${command}`);
    return [];
  });
  if (rules.length === 0) losses.note(file.name, 'it has no vacation reply');
  return rules;
}

function awayRule({ rest, isConditional }: Statement, place: string, losses: Losses): ImportedRule {
  const days = Number(rest[rest.findIndex(({ value }) => value === ':days') + 1]?.value);
  for (const { kind, value } of rest) {
    if (kind === 'tag' && value !== ':days') losses.note(place, `${value}: a direct message has none`);
  }
  const keys = {
    priority: -100,
    reply: literal(textOf(rest).trim()),
    once_per: { contact: `${Number.isInteger(days) ? Math.min(Math.max(1, days), MOST_DAYS) : DAYS}d` },
    ...stateKeys(true, !isConditional),
  };
  return { id: 'away', place, on: 'message', keys, samples: isConditional ? [] : ['hello'] };
}

/** The reply: the text that is neither the argument of a tag nor in a list. */
function textOf(rest: readonly Token[]): string {
  const said = rest.findLast(({ kind }, n) => {
    const before = rest[n - 1];
    const isOfTag = before?.kind === 'tag' && before.value !== ':mime';
    return kind === 'text' && !isOfTag && before?.value !== '[' && before?.value !== ',';
  });
  return said?.value ?? '';
}
