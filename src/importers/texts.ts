import { LIMITS } from '../domain/limits.js';
import type { Losses } from './imported.js';

/** A text that the template language prints as it is. */
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
 * The text of another tool with its placeholders for the contact's name translated. Others stay as they are
 * written there, and are reported.
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

/** The reply of a rule: one text, or several of which one is chosen. */
export function reply(texts: readonly string[]): string | { readonly one_of: readonly string[] } {
  const different = [...new Set(texts)];
  return different.length > 1 ? { one_of: different } : (different[0] ?? '');
}

/** The keywords that a rule file accepts; the others are reported. */
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

/** Tags as rule files accept them: one word each. */
export function tagsOf(names: readonly string[], place: string, losses: Losses): readonly string[] {
  const tags = names.map((name) =>
    name
      .replace(NO_TAG, '-')
      .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
      .slice(0, LONGEST_TAG),
  );
  names.forEach((name, n) => {
    if (tags[n] === '') losses.note(place, `the tag "${name}" has neither letters nor digits`);
  });
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** A text with links below it, for buttons that open an address. */
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
/** Fewer phrases become keywords: examples need at least three. */
const FEWEST_EXAMPLES = 3;

/**
 * The keys of a rule for training phrases: `examples`, by which messages that resemble them match; or, for one
 * or two phrases, keywords of several words.
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
