/** Shorter ones occur in most texts. */
const LEAST_LENGTH = 3;
/** What stands for itself in a pattern. Letters beyond ASCII are left out: they differ by more than case. */
const LITERAL = /[a-z0-9 "#%&',/:;<=>@_`~!-]/i;
const REPEAT = /^(?:[*+?]|\{(?<least>\d+)(?:,\d*)?\})\??/;
const GROUP = /^\((?:\?(?:P?<\w+>|[imsU-]*:))?/;
const FLAGS = /^\(\?[imsU-]+\)/;
const CLASS = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/;
/** Escapes of one character, and of none: borders. What is longer is not taken for one. */
const ESCAPE = /^\\(?:[pP](?:\{\^?\w+\}|\w)|[^pPQExkuCc0-9])/;

/** At least one of these is in every match; null: nothing is known. */
type Needs = readonly string[] | null;

interface Cursor {
  readonly pattern: string;
  at: number;
}

/**
 * Texts in lower case of which every match of a pattern has at least one, whatever the case; null when there are none.
 * Pattern: syntax of RE2. It understands what people write in rules, and gives up on the rest.
 */
export function literalsOf(pattern: string): Needs {
  const cursor = { pattern, at: 0 };
  const needs = alternatives(cursor);
  // A bracket too many: not understood.
  return cursor.at === pattern.length ? needs : null;
}

/** Up to the closing bracket or the end. */
function alternatives(cursor: Cursor): Needs {
  const branches = [sequence(cursor)];
  while (cursor.pattern[cursor.at] === '|') {
    cursor.at += 1;
    branches.push(sequence(cursor));
  }
  return branches.reduce((all, each) => all && each && [...all, ...each]);
}

/** A match has every part of a sequence in it, so the best part will do. */
function sequence(cursor: Cursor): Needs {
  let best: Needs = null;
  let run = '';
  const endRun = (): void => {
    if (run.length >= LEAST_LENGTH) best = better(best, [run.toLowerCase()]);
    run = '';
  };
  while (cursor.at < cursor.pattern.length && !'|)'.includes(cursor.pattern[cursor.at] ?? '')) {
    const { literal, needs } = part(cursor);
    const least = repeat(cursor);
    // What may be absent is no part of the run; what may come again ends it.
    if (literal !== null && least !== 0) run += literal;
    if (literal === null || least !== null) endRun();
    if (needs && least !== 0) best = better(best, needs);
  }
  endRun();
  return best;
}

/** One character, class, escape or group. */
function part(cursor: Cursor): { readonly literal: string | null; readonly needs: Needs } {
  const rest = cursor.pattern.slice(cursor.at);
  const [next = ''] = rest;
  if (LITERAL.test(next)) return taken(cursor, 1, next);
  const passed = (FLAGS.exec(rest) ?? CLASS.exec(rest) ?? ESCAPE.exec(rest))?.[0];
  if (passed !== undefined) return taken(cursor, passed.length);
  const group = GROUP.exec(rest)?.[0];
  if (group === undefined || rest.startsWith('(?', group.length - 1)) return strange(cursor, next);
  cursor.at += group.length;
  const needs = alternatives(cursor);
  cursor.at += 1;
  return { literal: null, needs };
}

/** An escape or bracket that is not understood may reach to the end, and past it is where it ends here. Any other sign stands alone. */
function strange(cursor: Cursor, sign: string) {
  return taken(cursor, '\\[('.includes(sign) ? cursor.pattern.length + 1 : 1);
}

function taken(cursor: Cursor, length: number, literal: string | null = null) {
  cursor.at += length;
  return { literal, needs: null };
}

/** How often at least the part before may come; null: once. */
function repeat(cursor: Cursor): number | null {
  const found = REPEAT.exec(cursor.pattern.slice(cursor.at));
  if (!found) return null;
  cursor.at += found[0].length;
  const [sign] = found[0];
  return sign === '+' ? 1 : sign === '{' ? Number(found.groups?.['least']) : 0;
}

/** Few and long ones occur most seldom. */
function better(a: Needs, b: readonly string[]): readonly string[] {
  if (!a) return b;
  const worth = (needs: readonly string[]): number =>
    Math.min(...needs.map((each) => each.length)) - needs.length;
  return worth(b) > worth(a) ? b : a;
}
