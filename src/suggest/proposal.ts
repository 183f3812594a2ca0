import { PLACEHOLDERS } from '../domain/placeholder.js';
import type { EventKind } from '../domain/event.js';
import type { Rule } from '../domain/rule.js';
import type { Group } from './groups.js';

/** Change of the rules that a group of unanswered messages needs. */
export type Change =
  /** A new rule, by examples or by keywords. */
  | { readonly kind: 'rule'; readonly by: 'examples' | 'words' | 'exact' }
  /** More examples for an existing rule. */
  | { readonly kind: 'example' }
  /** Messages for `not` of an existing rule that they resemble: too few different ones for a rule. */
  | { readonly kind: 'not' };

/** A change of the rules that answers a group, or keeps a rule away from it. */
export interface Proposed {
  readonly change: Change;
  /** Id of the new or of the existing rule. */
  readonly rule: string;
  readonly on: EventKind;
  /** Examples, keywords, or messages of `not`. */
  readonly texts: readonly string[];
  readonly group: Group;
}

/** Effects of a proposal on the messages of the last 30 days, examples included. */
export interface Effects {
  /** Messages that nothing answers now, and that it would have answered. */
  readonly answered: number;
  /** Messages of the group that it would have answered. */
  readonly ofGroup: number;
  /** Messages that another rule answers now, by that rule. */
  readonly taken: readonly { readonly rule: string; readonly n: number }[];
  /** Messages that a rule answers now and that nothing would answer. */
  readonly lost: number;
}

/** The test that comes with a proposal. */
export interface ProposedTest {
  readonly text: string;
  /** False if the test expects that the rule leaves the text alone. */
  readonly isAnswered: boolean;
}

export interface Proposal extends Proposed {
  readonly effects: Effects;
  readonly test: ProposedTest;
}

const NO_KEYWORDS = {
  all: [],
  none: [],
  typos: 0,
  caseSensitive: false,
  accents: false,
} as const;

/** The rules with the proposed change, in live mode and without cooldowns. */
export function withProposal(rules: readonly Rule[], proposed: Proposed): readonly Rule[] {
  const { change, rule: id, texts } = proposed;
  if (change.kind === 'rule') return [...rules, newRule(proposed)];
  return rules.map((rule) => {
    if (rule.id !== id || rule.examples === undefined) return rule;
    const { examples } = rule;
    const more =
      change.kind === 'not' ? { not: [...examples.not, ...texts] } : { texts: [...examples.texts, ...texts] };
    return { ...rule, examples: { ...examples, ...more } };
  });
}

function newRule({ change, rule: id, on, texts }: Proposed): Rule {
  const isByExamples = change.kind === 'rule' && change.by === 'examples';
  const match = change.kind === 'rule' && change.by === 'exact' ? 'exact' : 'word';
  const spec = { not: [], certainty: 'careful', languages: [], mode: 'live', isRanked: false } as const;
  return {
    id,
    on,
    ...{ platforms: [], accounts: [], posts: [] },
    keywords: isByExamples ? null : { ...NO_KEYWORDS, any: texts, match },
    ...(isByExamples ? { examples: { texts, ...spec } } : {}),
    when: null,
    priority: 0,
    actions: [
      {
        type: on === 'message' ? 'reply' : 'comment_reply',
        reply: { texts: [PLACEHOLDERS.reply], delay: null },
      },
    ],
    effects: [],
    funnel: null,
    oncePer: null,
    ...{ silent: false, continue: false, enabled: true, mode: 'live' },
    place: { file: '', line: 1, column: 1 },
  };
}

/** All rules in live mode, so that what they would do shows. */
export function allLive(rules: readonly Rule[]): readonly Rule[] {
  return rules.map((rule) => ({
    ...rule,
    mode: 'live',
    oncePer: null,
    ...(rule.examples ? { examples: { ...rule.examples, mode: 'live' as const } } : {}),
  }));
}
