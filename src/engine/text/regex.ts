// The regular expressions of rules, run by an engine that takes linear time for any pattern and text.
import { RE2JS, RE2JSSyntaxException, RE2Set } from 're2js';
import { LIMITS } from '../../domain/limits.js';

export interface RegexFound {
  /** Texts of the named groups; a group that did not match is absent. */
  readonly groups: Record<string, string>;
}

export type CompiledRegex =
  | { readonly ok: true; readonly find: (text: string) => RegexFound | null }
  | { readonly ok: false; readonly error: string };

/**
 * Maximum size of a compiled pattern in steps; `.{0,100}` has 200. Linear time still has a factor, which is
 * the number of steps, and building the automaton takes the square of it: on 20 000 characters
 * `[\p{L}]{0,800}=`, with 1 600 steps, took up to 1.3 s.
 */
const MOST_STEPS = 600;
/**
 * Limit for patterns with groups. Lower, because finding the groups of a match takes longer than finding a
 * match.
 */
const MOST_STEPS_WITH_GROUPS = 120;

/**
 * Compiles a pattern in the syntax of RE2. `find` searches the whole text once and returns null if the
 * pattern does not occur. Ignoring case covers all scripts. Never throws: for a pattern that does not compile
 * it returns a sentence with the fix.
 */
export function compileRegex(pattern: string, options: { caseSensitive: boolean }): CompiledRegex {
  if (pattern.length > LIMITS.regexLength) {
    return wrong(
      `the pattern has ${pattern.length} characters, more than ${LIMITS.regexLength}: split it into several`,
    );
  }
  try {
    const regex = RE2JS.compile(pattern, options.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    const steps = regex.programSize();
    const named = Object.keys(regex.namedGroups()).length > 0;
    if (steps > (named ? MOST_STEPS_WITH_GROUPS : MOST_STEPS))
      return wrong(
        `the pattern repeats too much${named ? ' for its groups' : ''}: use smaller numbers in {…}`,
      );
    return { ok: true, find: (text) => find(regex, named, text) };
  } catch (error) {
    return wrong(explain(error));
  }
}

/**
 * Limits of a set of patterns searched in one pass. The set's automaton is built while texts are searched, in
 * 8 MiB; when that is full it starts again at almost every letter: 1,000 patterns in one set took 18 ms per
 * message, in sets of 250 they took 0.02 ms.
 */
const MOST_IN_SET = 250;
const MOST_STEPS_IN_SET = 10_000;

/**
 * Prepares the search for many patterns at once. It returns the indexes of those that occur in the text: the
 * same that `compileRegex` finds one by one. Throws for a pattern that `compileRegex` refuses.
 */
export function compileRegexSet(
  patterns: readonly string[],
  options: { caseSensitive: boolean },
): (text: string) => number[] {
  const flags = options.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE;
  const sets: { readonly set: RE2Set; readonly from: number; steps: number }[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const steps = RE2JS.compile(pattern, flags).programSize();
    const last = sets.at(-1);
    if (!last || index - last.from === MOST_IN_SET || last.steps + steps > MOST_STEPS_IN_SET) {
      sets.push({ set: new RE2Set(RE2Set.UNANCHORED, flags), from: index, steps: 0 });
    }
    const current = sets.at(-1);
    if (!current) continue;
    current.set.add(pattern);
    current.steps += steps;
  }
  for (const { set } of sets) set.compile();
  return (text) => sets.flatMap(({ set, from }) => set.match(text).map((place) => from + place));
}

function find(regex: RE2JS, named: boolean, text: string): RegexFound | null {
  // Testing first is five times faster than a matcher if there is no match, which is the usual case.
  if (!regex.test(text)) return null;
  if (!named) return { groups: {} };
  const matcher = regex.matcher(text);
  if (!matcher.find()) return null;
  const groups = Object.entries(matcher.getNamedGroups()).filter(
    (group): group is [string, string] => group[1] !== null,
  );
  return { groups: Object.fromEntries(groups) };
}

function wrong(error: string): CompiledRegex {
  return { ok: false, error };
}

const FIXES: readonly (readonly [where: RegExp, sentence: string])[] = [
  [
    /^\(\?<?[=!]/,
    'look-ahead and look-behind are not supported: match the text around it, or add another keyword',
  ],
  [
    /^(\\[1-9]|\\k|\(\?P(?!<))/,
    'back-references are not supported: write the text out, or use several keywords',
  ],
  [
    /^(\(\?>|[*+?}]\+)/,
    'atomic groups and possessive repeats are not supported, nor needed: time is linear without them',
  ],
  [/^\(\?\(/, 'conditions inside a pattern are not supported: use several keywords'],
  [/^\(\?[R&\d]/, 'recursion is not supported: write the part out again'],
  [/^\(\?[#x]/, 'comments and free spacing are not supported: leave them out'],
  [/^\(\?\|/, 'the branch reset is not supported: give each group a name of its own'],
  [/^\(\?'/, 'this syntax for a named group is not supported: write (?<name>…)'],
  [/^\(\?P?<(?!\w+>)[^>]*>/, 'the name of a group is made of the letters a to z, digits and _'],
  [/^\\u/, 'the escape \\u is not supported: write the character itself, or \\x{1F44D}'],
  [/^\\Z/, 'the escape \\Z is not supported: write $ or \\z for the end of the text'],
  [/^\\[hHRXNKG]/, 'this escape is not supported: write \\s for white space, . for any character'],
  [
    /^\\[pP]/,
    'this class is not known: write \\pL for letters, \\pN for digits, or a script such as \\p{Greek}',
  ],
];

function explain(error: unknown): string {
  if (!(error instanceof RE2JSSyntaxException)) return 'the pattern does not compile: make it simpler';
  // The library adds its own flag before the pattern, so offsets in its errors are shifted.
  const where = (error.input ?? '').replace(/^\(\?i\)(?=.)/u, '');
  const known = FIXES.find(([start]) => start.test(where));
  if (known) return `${known[1]} (at ${quote(where)})`;
  return `the pattern does not compile, ${error.error}${where === '' ? '' : ` at ${quote(where)}`}: fix it there`;
}

function quote(where: string): string {
  return `\`${where.length > 40 ? `${where.slice(0, 40)}…` : where}\``;
}
