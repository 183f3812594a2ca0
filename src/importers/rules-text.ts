import { type Platform, PLATFORMS } from '../domain/event.js';
import { type Block, ruleFileText } from '../yaml/write.js';
import { distinct, type ImportedRule } from './imported.js';

/** A text of the source, and the rule by which the source tool replies to it. */
export interface Sample {
  readonly rule: string;
  readonly on: ImportedRule['on'];
  readonly text: string;
  readonly scope: { readonly platform?: Platform; readonly account?: string; readonly post?: string };
}

export interface Named extends ImportedRule {
  /** Id of the rule, unique in the file. */
  readonly id: string;
}

/** Gives the rules ids that are unique in their file. */
export function named(rules: readonly ImportedRule[]): readonly Named[] {
  const ids = distinct(rules.map(({ id }) => id));
  return rules.map((rule, n) => ({ ...rule, id: ids[n] ?? rule.id }));
}

/** Collects the sample texts of all rules, each with the rule by which the source tool replies to it. */
export function samplesOf(rules: readonly Named[]): readonly Sample[] {
  return rules.flatMap(({ id, on, keys, samples }) =>
    [...new Set(samples)].map((text) => ({ rule: id, on, text, scope: scopeOf(keys) })),
  );
}

function scopeOf(keys: ImportedRule['keys']): Sample['scope'] {
  const first = (key: string): string | undefined => {
    const [value] = Array.isArray(keys[key]) ? (keys[key] as readonly unknown[]) : [];
    return typeof value === 'string' ? value : undefined;
  };
  const [account, post] = [first('accounts'), first('posts')];
  // An account is on one platform, which need not be the first that the rule names.
  const platform = account ? undefined : PLATFORMS.find((each) => each === first('platforms'));
  return { ...(platform ? { platform } : {}), ...(account ? { account } : {}), ...(post ? { post } : {}) };
}

/** The rule that the test expects; null if it expects silence; undefined if no test is written. */
export type Expected = (sample: Sample) => string | null | undefined;

/**
 * Writes the rule file: each rule below a comment with its place in the source, and a test for each sample.
 */
export function rulesText(rules: readonly Named[], comment: string, expected: Expected): string {
  const blocks = rules.map(({ id, place, on, keys }): Block => ({
    comment: place,
    value: { id, on, ...keys },
  }));
  const tests = samplesOf(rules).flatMap((sample): Block[] => {
    const { rule, on, text, scope } = sample;
    const acts = expected(sample);
    if (acts === undefined) return [];
    const event = { ...(on === 'comment' ? { on } : {}), ...scope, text };
    const test = {
      comment: null,
      value: {
        name: `${rule}: ${text.replace(/\s+/gu, ' ').slice(0, 80)}`,
        event,
        expect: acts === null ? 'silent' : { rule: acts },
      },
    };
    return [test];
  });
  return ruleFileText({ comment, rules: blocks, tests });
}
