import type { EventKind } from '../domain/event.js';
import type { KeywordSpec, OncePer } from '../domain/rule.js';
import { HOUR } from '../domain/time.js';
import { millis } from '../yaml/values.js';
import type { RawDefaults, RawKeywords, RawOncePer, RawRule } from './schema.js';

/** Merges the file's `defaults` into a rule. A key of the rule replaces the default as a whole. */
export function withDefaults(rule: RawRule, defaults: RawDefaults): RawRule {
  const own = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return { ...defaults, ...own, id: rule.id };
}

/** Expands the keyword condition, including its short form. */
export function toKeywordSpec(raw: RawKeywords): KeywordSpec {
  const block = Array.isArray(raw) ? { any: raw } : raw;
  return {
    any: block.any ?? [],
    all: block.all ?? [],
    none: block.none ?? [],
    match: block.match ?? 'word',
    typos: block.typos ?? 0,
    caseSensitive: block.case_sensitive ?? false,
    accents: block.accents ?? false,
    ...(block.in === 'words' ? { in: block.in } : {}),
    ...(block.attached === false ? { attached: block.attached } : {}),
  };
}

const ONCE_PER: Readonly<Record<EventKind, OncePer>> = {
  message: { scope: 'contact', time: HOUR },
  comment: { scope: 'post', time: Infinity },
};

/** The cooldown of a rule: `undefined` means the default for its kind, `false` means no cooldown. */
export function toOncePer(raw: RawOncePer | undefined, on: EventKind): OncePer | null {
  if (raw === undefined) return ONCE_PER[on];
  if (raw === false) return null;
  if (typeof raw === 'string') return { scope: 'contact', time: millis(raw) };
  const shared = raw.handle === undefined ? {} : { handle: raw.handle };
  if (raw.closing !== undefined) {
    return { scope: 'closing', calendar: raw.closing, time: Infinity, ...shared };
  }
  for (const scope of ['contact', 'conversation', 'post'] as const) {
    const time = raw[scope];
    if (time !== undefined) return { scope, time: time === 'forever' ? Infinity : millis(time), ...shared };
  }
  return ONCE_PER[on];
}
