/** Minimum length of a literal string: shorter ones occur in most texts. */
const LEAST_LENGTH = 3;
/**
 * Characters that are literal in a pattern. Letters beyond ASCII are excluded: they differ by more than case.
 */
const LITERAL = /[a-z0-9 "#%&',/:;<=>@_`~!-]/i;
/** Letters of scripts without case: they match themselves only. */
const UNCASED =
  /(?=\p{Lo})[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Thai}\p{sc=Devanagari}]/u;
const REPEAT = /^(?:[*+?]|\{(?<least>\d+)(?:,\d*)?\})\??/;
const GROUP = /^\((?:\?(?:P?<\w+>|[imsU-]*:))?/;
const FLAGS = /^\(\?[imsU-]+\)/;
const CLASS = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/;
/** Escapes that stand for a single character, or for a border. Longer escapes are not recognised. */
const ESCAPE = /^\\(?:[pP](?:\{\^?\w+\}|\w)|[^pPQExkuCc0-9])/;

/** Strings of which every match contains at least one; null if unknown. */
type Needs = readonly string[] | null;

interface Cursor {
  readonly pattern: string;
  readonly uncased: boolean;
  at: number;
}

/**
 * Lower-case strings of which every match of a pattern contains at least one, ignoring case; null if there
 * are none. Patterns have RE2 syntax. Covers the syntax that is common in rules, and returns null for the
 * rest. With `uncased`, letters of scripts without case count as well, twice each.
 */
export function literalsOf(pattern: string, uncased = false): Needs {
  const cursor = { pattern, uncased, at: 0 };
  const needs = alternatives(cursor);
  // A pattern with an unmatched bracket is not supported.
  return cursor.at === pattern.length ? needs : null;
}

/** Parses up to the closing bracket or the end. */
function alternatives(cursor: Cursor): Needs {
  const branches = [sequence(cursor)];
  while (cursor.pattern[cursor.at] === '|') {
    cursor.at += 1;
    branches.push(sequence(cursor));
  }
  return branches.reduce((all, each) => all && each && [...all, ...each]);
}

/** A match contains every part of a sequence, so the best part is used. */
function sequence(cursor: Cursor): Needs {
  let best: Needs = null;
  let run = '';
  const endRun = (): void => {
    if (lengthOf(run) >= LEAST_LENGTH) best = better(best, [run.toLowerCase()]);
    run = '';
  };
  while (cursor.at < cursor.pattern.length && !'|)'.includes(cursor.pattern[cursor.at] ?? '')) {
    const { literal, needs } = part(cursor);
    const least = repeat(cursor);
    // An optional part does not belong to the literal run; a repeated part ends the run.
    if (literal !== null && least !== 0) run += literal;
    if (literal === null || least !== null) endRun();
    if (needs && least !== 0) best = better(best, needs);
  }
  endRun();
  return best;
}

/** Parses one character, class, escape or group. */
function part(cursor: Cursor): { readonly literal: string | null; readonly needs: Needs } {
  const rest = cursor.pattern.slice(cursor.at);
  const [next = ''] = rest;
  if (LITERAL.test(next) || (cursor.uncased && UNCASED.test(next))) return taken(cursor, next.length, next);
  const passed = (FLAGS.exec(rest) ?? CLASS.exec(rest) ?? ESCAPE.exec(rest))?.[0];
  if (passed !== undefined) return taken(cursor, passed.length);
  const group = GROUP.exec(rest)?.[0];
  if (group === undefined || rest.startsWith('(?', group.length - 1)) return strange(cursor, next);
  cursor.at += group.length;
  const needs = alternatives(cursor);
  cursor.at += 1;
  return { literal: null, needs };
}

/**
 * An unknown escape or bracket may extend to the end, so parsing stops there with a position beyond the
 * pattern. Any other character is skipped.
 */
function strange(cursor: Cursor, sign: string) {
  return taken(cursor, '\\[('.includes(sign) ? cursor.pattern.length + 1 : 1);
}

function taken(cursor: Cursor, length: number, literal: string | null = null) {
  cursor.at += length;
  return { literal, needs: null };
}

/** Minimum number of repetitions of the preceding part; null if there is no quantifier. */
function repeat(cursor: Cursor): number | null {
  const found = REPEAT.exec(cursor.pattern.slice(cursor.at));
  if (!found) return null;
  cursor.at += found[0].length;
  const [sign] = found[0];
  return sign === '+' ? 1 : sign === '{' ? Number(found.groups?.['least']) : 0;
}

/** Prefers few and long strings, which are rarest. */
function better(a: Needs, b: readonly string[]): readonly string[] {
  if (!a) return b;
  const worth = (needs: readonly string[]): number => Math.min(...needs.map(lengthOf)) - needs.length;
  return worth(b) > worth(a) ? b : a;
}

function lengthOf(run: string): number {
  return run.length + Array.from(run).filter((letter) => UNCASED.test(letter)).length;
}
