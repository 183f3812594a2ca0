import { LIMITS } from '../domain/limits.js';
import type { Losses } from './imported.js';

/** Escapes a text so that the template language prints it unchanged. */
export function literal(text: string): string {
  return text.replace(/\{\{|\{%/gu, (opening) => `{{ '${opening}' }}`);
}

const NAMES: Readonly<Record<string, string>> = {
  name: 'contact.name',
  first_name: 'contact.first_name',
  username: 'contact.username',
  'contact.name': 'contact.name',
  'contact.first_name': 'contact.first_name',
  'user.name': 'contact.name',
};

const PLACEHOLDER = /\{\{\s*(?<double>[\w.@-]+)\s*\}\}|(?<!\{)\{(?<single>[a-z][\w.@-]*)\}(?!\})/giu;

/**
 * Translates placeholders for the contact's name in a text of another tool. Other placeholders are kept as
 * written, and reported.
 */
export function template(text: string, place: string, losses: Losses): string {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const { double, single } = match.groups ?? {};
    const name = (double ?? single ?? '').toLowerCase();
    const ours = NAMES[name];
    if (ours === undefined) losses.note(place, `the placeholder ${match[0]} is sent as it is written`);
    result += literal(text.slice(end, match.index));
    result += ours === undefined ? literal(match[0]) : `{{ ${ours} | default: '' }}`;
    end = match.index + match[0].length;
  }
  return result + literal(text.slice(end));
}

/** Builds the reply of a rule: one text, or several of which one is chosen. */
export function reply(texts: readonly string[]): string | { readonly one_of: readonly string[] } {
  const different = [...new Set(texts)];
  return different.length > 1 ? { one_of: different } : (different[0] ?? '');
}

/** Keeps the keywords that a rule file accepts, and reports the others. */
export function usable(keywords: readonly string[], place: string, losses: Losses): readonly string[] {
  const kept: string[] = [];
  for (const keyword of new Set(keywords)) {
    if (keyword.trim() === '') continue;
    if (keyword.length > LIMITS.keywordLength) {
      losses.note(place, `a keyword of ${keyword.length} characters is longer than ${LIMITS.keywordLength}`);
    } else kept.push(keyword);
  }
  if (kept.length <= LIMITS.keywordsPerRule) return kept;
  losses.note(
    place,
    `${kept.length - LIMITS.keywordsPerRule} keywords beyond the ${LIMITS.keywordsPerRule} of a rule`,
  );
  return kept.slice(0, LIMITS.keywordsPerRule);
}

const NO_TAG = /[^\p{L}\p{M}\p{N}._:-]+/gu;
const LONGEST_TAG = 50;
/** Number of characters of a name that a tag is made of. */
const MOST_READ = 200;

/** Converts tags to the form that rule files accept: one word each. */
export function tagsOf(names: readonly string[], place: string, losses: Losses): readonly string[] {
  const tags = names.map((name) =>
    name
      .slice(0, MOST_READ)
      .replace(NO_TAG, '-')
      .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
      .slice(0, LONGEST_TAG),
  );
  names.forEach((name, n) => {
    if (tags[n] === '')
      losses.note(place, `the tag "${name.slice(0, LONGEST_TAG)}" has neither letters nor digits`);
  });
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** Appends links to a text, in place of buttons that open an address. */
export function withLinks(
  text: string,
  buttons: readonly {
    readonly title?: string | null | undefined;
    readonly url?: string | null | undefined;
  }[],
): string {
  const links = buttons.flatMap(({ title, url }) => (url ? [title ? `${title}: ${url}` : url] : []));
  return [text, ...links.map(literal)].filter((line) => line !== '').join('\n');
}

const LETTER = /\p{L}/u;
/** Minimum number of phrases for `examples`; fewer phrases become keywords. */
const FEWEST_EXAMPLES = 3;

/**
 * Builds the keys of a rule from training phrases: `examples`, which similar messages match; or, for one or
 * two phrases, keywords of several words.
 */
export function exampleKeys(
  phrases: readonly string[],
  place: string,
  losses: Losses,
): Readonly<Record<string, unknown>> {
  const examples = [...new Set(phrases)].filter(
    (phrase) => phrase.length <= LIMITS.exampleLength && LETTER.test(phrase),
  );
  if (examples.length < FEWEST_EXAMPLES) return { keywords: usable(phrases, place, losses) };
  const more = examples.length - LIMITS.examplesPerRule;
  if (more > 0) losses.note(place, `${more} phrases beyond the ${LIMITS.examplesPerRule} examples of a rule`);
  return { examples: examples.slice(0, LIMITS.examplesPerRule) };
}
