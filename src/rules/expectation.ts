import type { ContactState } from '../domain/contact-state.js';
import { isReason, REASONS, type Reason } from '../domain/reason.js';
import { ACTION_TYPES, type ActionType } from '../domain/rule.js';
import { type Instant, type Millis, parseDuration } from '../domain/time.js';
import { unknownName } from '../yaml/issues.js';
import type { Path, YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import type { RawExpect, RawTextExpectation } from './test-schema.js';

/** Expected text; null fields are not checked. `matches` is a regular expression in the rules' syntax. */
export interface TextExpectation {
  readonly equals: string | null;
  readonly contains: string | null;
  readonly matches: string | null;
}

/** Expected decision about an event: nothing sent, or the parts named here. */
export type Expectation =
  | { readonly silent: true }
  | {
      readonly silent: false;
      readonly rule: string | null;
      readonly reason: Reason | null;
      readonly texts: Readonly<Partial<Record<ActionType, TextExpectation>>>;
      /** Tags and fields that the contact must have afterwards; others are allowed. */
      readonly state: ContactState;
      /** Earliest send time: a delay after the decision, or an instant; null if not checked. */
      readonly notBefore: { readonly after: Millis } | { readonly at: Instant } | null;
    };

/** Checks the `expect` of a test and converts it. Reports values that make no sense. */
export function toExpectation(
  source: YamlSource,
  path: Path,
  raw: RawExpect,
  context: RuleContext,
): Expectation {
  if (raw === 'silent') return { silent: true };
  if (Object.keys(raw).length === 0) {
    const fix = 'Write silent, or { rule: … }, or { reply: "…" }.';
    source.report(path, { code: 'test-expect', message: 'this test expects nothing', fix });
  }
  const texts: Partial<Record<ActionType, TextExpectation>> = {};
  for (const type of ACTION_TYPES) {
    const expected = raw[type];
    if (expected !== undefined) texts[type] = toTextExpectation(source, [...path, type], expected, context);
  }
  return {
    silent: false,
    rule: raw.rule ?? null,
    reason: toReason(source, [...path, 'reason'], raw.reason),
    texts,
    state: { tags: raw.tags ?? [], fields: raw.fields ?? {} },
    notBefore: raw.not_before === undefined ? null : toNotBefore(raw.not_before),
  };
}

function toNotBefore(written: string): { readonly after: Millis } | { readonly at: Instant } {
  const after = parseDuration(written);
  return after === undefined ? { at: Date.parse(written) } : { after };
}

function toReason(source: YamlSource, path: Path, name: string | undefined): Reason | null {
  if (name === undefined) return null;
  if (isReason(name)) return name;
  source.report(path, unknownName(`reason: ${source.describe(path)}`, name, Object.keys(REASONS)));
  return null;
}

function toTextExpectation(
  source: YamlSource,
  path: Path,
  raw: RawTextExpectation,
  context: RuleContext,
): TextExpectation {
  if (typeof raw === 'string') return { equals: raw, contains: null, matches: null };
  const { equals = null, contains = null, matches = null } = raw;
  if (equals === null && contains === null && matches === null) {
    const fix = 'Write { contains: "…" }, { equals: "…" } or { matches: "…" }.';
    source.report(path, { code: 'test-expect', message: 'no expectation is given for this text', fix });
  }
  const options = { match: 'regex', typos: 0, caseSensitive: true, accents: true } as const;
  const problem = matches === null ? null : context.checkKeyword(matches, options);
  if (problem !== null)
    source.report([...path, 'matches'], { code: 'bad-keyword', message: `matches: ${problem}` });
  return { equals, contains, matches };
}
