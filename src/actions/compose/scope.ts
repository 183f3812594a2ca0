import type { AccountConfig } from '../../domain/config.js';
import { isTitle } from './titles.js';
import { harmlessName, harmlessQuote } from './harmless.js';
import { formatTime } from '../../engine/calendar/format-time.js';
import { type Instant, SECOND } from '../../domain/time.js';
import { readTime } from '../../engine/calendar/read-time.js';

/**
 * The data available to a template. Null and absent both mean missing, so that `default` applies. Templates
 * have one more member, `contact.first_name`, which is derived from the name.
 */
export interface TemplateRoots {
  readonly contact: {
    readonly id: string;
    readonly name: string | null;
    readonly username: string | null;
    readonly fields: Fields;
    readonly tags: readonly string[];
  };
  /** The message; only for events that are messages. */
  readonly message?: Said;
  /** The comment; only for events that are comments. */
  readonly comment?: Said & { readonly post: string | null };
  readonly account: Pick<AccountConfig, 'name' | 'id' | 'platform' | 'vars'>;
  readonly match: { readonly keyword: string | null; readonly groups: Fields };
  /** States of the calendars, keyed by name. */
  readonly hours: Readonly<Record<string, HoursRoot>>;
  readonly now: Date;
}

/**
 * Converts the data for a template: only plain values, and no missing values, so that `strictVariables`
 * detects their use. Roots that the template does not name are left out, because copying them takes longer than
 * rendering.
 */
export function scopeOf(template: string, roots: TemplateRoots, timezone: string): object {
  const used = rootsIn(template).map((name) => [name, SHOWN[name](roots)]);
  return plain(Object.fromEntries(used), timezone, 0) as object;
}

/** The roots that a template may name. Only with brackets can it name one by a text that it puts together. */
export function rootsIn(template: string): readonly (keyof TemplateRoots)[] {
  const all = Object.keys(SHOWN) as (keyof TemplateRoots)[];
  return template.includes('[') ? all : all.filter((name) => template.includes(name));
}

/** The value of each root for templates; undefined if the event has none. */
const SHOWN: { readonly [Root in keyof TemplateRoots]-?: (roots: TemplateRoots) => unknown } = {
  contact: ({ contact }) => shownContact(contact),
  message: ({ message }) => message && quotedFrom(message),
  comment: ({ comment }) => comment && quotedFrom(comment),
  account: ({ account }) => account,
  match: ({ match }) => ({ ...match, groups: quotedGroups(match.groups) }),
  hours: ({ hours }) => hours,
  now: ({ now }) => now,
};

function shownContact({
  id,
  tags,
  fields,
  name: written,
  username: handle,
}: TemplateRoots['contact']): object {
  const name = nameOf(written);
  const username = harmlessName(handle ?? '') || null;
  return { id, fields: quotedGroups(fields), tags, name, first_name: name && firstWord(name), username };
}

function quotedFrom<S extends Said>(said: S): S {
  return { ...said, text: harmlessQuote(said.text) };
}

function quotedGroups(groups: Fields): Fields {
  const quote = (value: unknown) => (typeof value === 'string' ? harmlessQuote(value) : value);
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, quote(value)]));
}

function plain(value: unknown, timezone: string, depth: number): unknown {
  if (value instanceof Date) return shownIn(timezone, value);
  if (typeof value === 'function' || value === null || depth > DEEPEST) return undefined;
  if (typeof value !== 'object') return value;
  const copy = (each: unknown) => plain(each, timezone, depth + 1);
  if (Array.isArray(value)) return value.map(copy).filter((each) => each !== undefined);
  const entries: [string, unknown][] = [];
  for (const [key, each] of Object.entries(value)) {
    const copied = copy(each);
    if (copied !== undefined) entries.push([key, copied]);
  }
  const group = Object.fromEntries(entries);
  // LiquidJS 10.30.1 reads `.size` of a group without such a key as the number of its keys, so that a text would
  // leave with `0` for a field that the contact has not given.
  if (!Object.hasOwn(group, 'size')) Object.defineProperty(group, 'size', { value: undefined });
  return group;
}

/** A date whose default text, without the `date` filter, does not depend on the zone of the process. */
function shownIn(timezone: string, date: Date): Date {
  const at = date.getTime();
  const toString = () => formatTime(timezone, at, DATE_FORMAT);
  return Object.defineProperty(new Date(at), 'toString', { value: toString });
}

/**
 * The instant of a value for the `date` filter; null if the value is not a date. Numbers are seconds, as in
 * Liquid.
 */
export function instantIn(value: unknown, timezone: string): Instant | null {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value * SECOND;
  return typeof value === 'string' ? readTime(timezone, value) : null;
}

function nameOf(name: string | null): string | null {
  const harmless = harmlessName(name ?? '');
  return /[\p{L}\p{N}]/u.test(harmless) ? harmless : null;
}

/**
 * The first word with a letter or digit that is not a title, without symbols around it: `Anna` in `~ Anna,
 * Berlin` and in `Dr. Anna Müller`. Null if only titles precede a single word: `Mr. Smith` is only a last
 * name.
 */
function firstWord(name: string): string | null {
  const words = (name.match(/[\p{L}\p{N}]\S*/gu) ?? []).map((word) =>
    word.replace(/[^\p{L}\p{M}\p{N}.]+$/u, ''),
  );
  const first = words.findIndex((word) => !isTitle(word));
  if (first === -1) return null;
  const isLastName = first > 0 && words.length === first + 1;
  return isLastName ? null : (words[first] ?? null);
}

export type Fields = Readonly<Record<string, unknown>>;

type Said = Readonly<{ id: string; text: string; at: Date }>;

type HoursRoot = Readonly<{ state: 'open' | 'closed'; next_open: Date | null; next_close: Date | null }>;

/**
 * Maximum depth of values in `vars` and `fields`; deeper ones are cut off: a YAML alias may refer to its own
 * parent.
 */
export const DEEPEST = 8;

export const DATE_FORMAT = '%Y-%m-%d %H:%M';
