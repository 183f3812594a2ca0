import { given, idOf, type ImportedRule, type Losses, type SourceFile, stateKeys } from './imported.js';
import { template, usable } from './texts.js';
import { readYaml } from './yaml-source.js';

/**
 * AutoModerator's modifiers (its full documentation, read 2026), with the keyword options of the same effect.
 */
const MATCH: Readonly<Record<string, string>> = {
  'includes-word': 'word',
  includes: 'contains',
  'starts-with': 'starts_with',
  'ends-with': 'ends_with',
  'full-exact': 'exact',
  'full-text': 'exact',
  regex: 'regex',
};
const CASED = 'case-sensitive';
const CHECK = /^(?<not>~)?(?<fields>[a-z_+]+)(?:#\w+)?(?:\s*\((?<modifiers>[^)]*)\))?$/u;
/** Keys that affect neither which comments match nor the reply. */
const SILENT_KEYS = new Set([
  'type',
  'comment',
  'priority',
  'comment_stickied',
  'comment_locked',
  'moderators_exempt',
]);

type Raw = Readonly<Record<string, unknown>>;

/** Imports AutoModerator's rules that reply to comments: YAML documents between lines of `---`. */
export function fromAutomoderator(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  return readYaml(file).flatMap((value, n) =>
    value === null || typeof value !== 'object'
      ? []
      : ruleOf(value as Raw, `${file.name}, rule ${n + 1}`, losses),
  );
}

interface Check {
  readonly params: Raw;
  readonly samples: readonly string[];
}

function ruleOf(raw: Raw, place: string, losses: Losses): ImportedRule[] {
  const { type = 'any', comment, priority } = raw;
  if (typeof comment !== 'string') {
    losses.note(place, 'it sends no reply');
    return [];
  }
  if (type !== 'comment' && type !== 'any') {
    losses.note(place, `the type ${JSON.stringify(type)}: rules reply to comments`);
    return [];
  }
  const asked = Object.entries(raw).filter(([key]) => !SILENT_KEYS.has(key));
  const checks = asked.flatMap(([key, value]) => {
    const check = checkOf(key, value, place, losses);
    if (check === null) losses.note(place, `${key}: the rule is written in shadow mode`);
    return check ?? [];
  });
  const isWhole = checks.length === asked.length;
  const keys = {
    ...conditionKeys(checks),
    ...given({ priority: typeof priority === 'number' ? priority : null }),
    comment_reply: template(comment, place, losses),
    ...stateKeys(true, isWhole),
  };
  const [first] = checks.flatMap(({ samples }) => samples);
  const samples = isWhole && checks.length === 1 ? (checks[0]?.samples ?? []) : [];
  return [{ id: idOf(first ?? '', 'automoderator'), place, on: 'comment', keys, samples }];
}

function conditionKeys(checks: readonly Check[]): Raw {
  const [only, ...more] = checks;
  if (!only) return {};
  if (more.length === 0) return { keywords: only.params };
  const all = checks.map(({ params }) => ({ fact: 'keywords', params, operator: 'equal', value: true }));
  return { when: { all } };
}

/** A check of the comment's text as keywords; null for any other check. */
function checkOf(key: string, value: unknown, place: string, losses: Losses): Check | null {
  const { not, fields = '', modifiers = '' } = CHECK.exec(key)?.groups ?? {};
  const names = modifiers.split(',').map((one) => one.trim());
  const how = names.find((one) => one in MATCH) ?? 'includes-word';
  const isKnown = names.every((one) => one in MATCH || one === CASED || one === '');
  const list = usable(wordsOf(value), place, losses);
  if (!fields.split('+').includes('body') || !isKnown || list.length === 0) return null;
  const options = { match: MATCH[how], accents: true, ...given({ case_sensitive: names.includes(CASED) }) };
  if (not) return { params: { none: list, ...options }, samples: [] };
  return { params: { any: list, ...options }, samples: how === 'regex' ? [] : list };
}

function wordsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => (typeof one === 'string' || typeof one === 'number' ? [String(one)] : []));
}
