import type { Condition } from './condition.js';
import type { EventKind, Platform } from './event.js';
import type { Effect, Funnel } from './funnel.js';
import type { ExampleSpec } from './meaning.js';
import type { Mode } from './mode.js';
import type { ReplySpec } from './reply.js';
import type { Millis } from './time.js';

export type { Condition, FactCondition } from './condition.js';

export const MATCH_MODES = ['word', 'contains', 'exact', 'starts_with', 'ends_with', 'regex'] as const;
export type MatchMode = (typeof MATCH_MODES)[number];

/** A keyword condition. `any` holds if one occurs, `all` if each does, `none` if none does; the three are joined by AND. */
export interface KeywordSpec {
  readonly any: readonly string[];
  readonly all: readonly string[];
  readonly none: readonly string[];
  readonly match: MatchMode;
  /**
   * Edits tolerated per keyword, 0 to 2: none below 4 characters, 1 from 4, 2 from 8. Only with `match:
   * word`.
   */
  readonly typos: 0 | 1 | 2;
  /** True if upper and lower case differ. */
  readonly caseSensitive: boolean;
  /** True if accents count, so that `ete` is not `été`. */
  readonly accents: boolean;
  /** `words`: links, e-mail addresses and mentions are ignored. @default the whole text */
  readonly in?: 'words';
  /** If false, a word with an attached Arabic or Korean prefix or particle is another word. @default true */
  readonly attached?: false;
}

export const ACTION_TYPES = ['reply', 'private_reply', 'comment_reply'] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

/** Dependence of a public reply on the private reply of its rule. */
export const AFTER_PRIVATE = ['sent', 'always', 'first'] as const;

/**
 * `sent`: only once the private reply has arrived. `always`: after it, whether or not it arrived. `first`:
 * before it, unconditionally.
 */
export interface AfterPrivate {
  readonly when: (typeof AFTER_PRIVATE)[number];
  /** Alternative text if the private reply did not arrive; null if none. Only with `sent`. */
  readonly otherwise: string | null;
}

export interface ActionSpec {
  readonly type: ActionType;
  readonly reply: ReplySpec;
  /**
   * Dependence of a public reply on the private reply of its rule. @default sent only once the private reply
   * has arrived
   */
  readonly afterPrivate?: AfterPrivate;
}

/**
 * The cooldown of a rule: at most one reply per contact, per conversation, or per contact and post in a time;
 * or per contact and closing of a calendar.
 */
export interface OncePer {
  readonly scope: 'contact' | 'conversation' | 'post' | 'closing';
  /** Calendar whose closing ends the cooldown; only with `closing`. */
  readonly calendar?: string;
  /** Name that rules share: a reply of one counts for all. @default the rule's own replies */
  readonly handle?: string;
  /** Duration of the cooldown; Infinity for `forever`. */
  readonly time: Millis;
}

/** Position of a rule in its file, for messages. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Value in a rule's `posts` for the first post after the rule was activated. */
export const NEXT_POST = 'next';

/** A checked rule. Empty lists put no condition on the event. */
export interface Rule {
  readonly id: string;
  readonly on: EventKind;
  readonly platforms: readonly Platform[];
  readonly accounts: readonly string[];
  readonly posts: readonly string[];
  readonly keywords: KeywordSpec | null;
  /** Messages that the rule is meant for; with keywords, either is enough. @default none */
  readonly examples?: ExampleSpec;
  readonly when: Condition | null;
  readonly priority: number;
  readonly actions: readonly ActionSpec[];
  /** Effects other than replies. */
  readonly effects: readonly Effect[];
  /** Steps after the first message of the rule; null if it has no funnel. */
  readonly funnel: Funnel | null;
  readonly oncePer: OncePer | null;
  /** True if the rule ends the search and sends nothing. It has no actions and no cooldown. */
  readonly silent: boolean;
  readonly continue: boolean;
  readonly enabled: boolean;
  readonly mode: Mode;
  /**
   * Pause of the contact after which a message is decided; 0 to decide at once. @default the value of the
   * account
   */
  readonly settle?: Millis;
  readonly place: Place;
}

/** Stands for a rule's id on a reply that a person wrote; no rule can have it. */
export const HUMAN_RULE = '$human';

/** Stands for a rule's id on the confirmation of an opt-out; no rule can have it. */
export const OPT_OUT_RULE = '$opt_out';
