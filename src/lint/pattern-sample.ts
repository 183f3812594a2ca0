/**
 * Generates a text that a regular expression probably matches, from its first alternatives and fewest
 * repetitions. The caller has to verify the match. Null for unknown syntax.
 */
export function sampleOf(pattern: string): string | null {
  const state: Reader = { rest: pattern };
  const text = alternation(state);
  return state.rest === '' ? text : null;
}

interface Reader {
  rest: string;
}

const CLASSES: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  D: 'a',
  S: 'a',
  W: ' ',
  b: '',
  B: '',
};
const CLASS = /^\[(?<isNegated>\^?)(?<first>\\?[^\]])(?:\\.|[^\]\\])*\]/u;
const REPEAT = /^(?:(?<sign>[*+?])|\{(?<least>\d+)(?:,\d*)?\})\??/u;
const GROUP = /^\((?:\?:|\?P?<[A-Za-z]\w*>)?/u;

function take(state: Reader, form: RegExp): RegExpExecArray | null {
  const found = form.exec(state.rest);
  if (found) state.rest = state.rest.slice(found[0].length);
  return found;
}

function alternation(state: Reader): string | null {
  let chosen: string | null = null;
  do {
    const branch = sequence(state);
    chosen ??= branch;
    if (branch === null) return null;
  } while (take(state, /^\|/u));
  return chosen;
}

function sequence(state: Reader): string | null {
  let text = '';
  while (state.rest !== '' && !/^[|)]/u.test(state.rest)) {
    const one = atom(state);
    if (one === null) return null;
    const { sign, least } = take(state, REPEAT)?.groups ?? {};
    const times = least === undefined ? Number(sign !== '*' && sign !== '?') : Number(least);
    text += one.repeat(Math.min(times, 100));
  }
  return text;
}

function atom(state: Reader): string | null {
  if (take(state, GROUP)) {
    const inner = alternation(state);
    return take(state, /^\)/u) ? inner : null;
  }
  const set = take(state, CLASS)?.groups;
  if (set) return set['isNegated'] === '' ? literalOf(set['first'] ?? '') : '-';
  const one = take(state, /^(?:\\.|[^()[\]{}|*+?\\])/su)?.[0];
  if (one === undefined) return null;
  if (one === '^' || one === '$') return '';
  return one === '.' ? 'a' : literalOf(one);
}

function literalOf(written: string): string {
  if (!written.startsWith('\\')) return written;
  const letter = written.slice(1);
  return CLASSES[letter] ?? letter;
}
