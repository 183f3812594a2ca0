import type { ContactState } from './contact-state.js';
import type { RunOutcome, WaitingRun } from './funnel.js';
import { formatInstant, type Instant } from './time.js';
import type { GivenWork } from './work.js';

/** An earlier reply of a rule: queued, or decided in shadow mode. */
export interface PastReply {
  readonly rule: string;
  readonly conversationId: string | null;
  readonly postId: string | null;
  /** The newest of several replies with the same rule, conversation and post. */
  readonly at: Instant;
  /** Number of replies with the same rule, conversation and post. */
  readonly times: number;
  /**
   * True for a reply decided in shadow mode: the contact never got it, so it counts for the cooldown of
   * shadow rules only.
   */
  readonly isShadow: boolean;
}

/** A pause set by the owner for everything, an account, a conversation or a contact. */
export interface Pause {
  /** `all`, `account:NAME`, `conversation:ID` or `contact:ID`. */
  readonly scope: string;
  /** End of the pause; Infinity if it has to be ended by hand. */
  readonly until: Instant;
  /** The rule whose `handoff` or `pause` caused it. @default a person paused */
  readonly by?: { readonly effect: 'handoff' | 'pause'; readonly rule: string } | undefined;
}

/** The rule that caused a pause, in words; null if a person paused. */
export function pauseCause({ by }: Pause): string | null {
  return by ? `${by.effect === 'handoff' ? 'handed off' : 'paused'} by rule ${by.rule}` : null;
}

/** Cause, end and scope of a pause in words: `handed off by rule human, until …; contact:17`. */
export function pauseText(pause: Pause): string {
  const { scope, until } = pause;
  const end = until === Infinity ? 'until it is ended by hand' : `until ${formatInstant(until)}`;
  const cause = pauseCause(pause);
  return cause === null ? `${scope}, ${end}` : `${cause}, ${end}; ${scope}`;
}

/** Input of the guards: the state of a contact at the time of deciding or sending. */
export interface GuardFacts {
  readonly now: Instant;
  /**
   * The contact's newest message in the conversation; null if they never wrote one (a comment opens no
   * window).
   */
  readonly lastInboundAt: Instant | null;
  /**
   * The newest message, public reply or later comment on the post by the account that this program did not send.
   */
  readonly lastHumanAt: Instant | null;
  /** The newest message of one of Blotato's own automations to the contact. @default null, none is known */
  readonly lastAutomationAt?: Instant | null;
  /** Time until which the owner ended the pause that a human's messages cause. @default null, never */
  readonly humanEndedAt?: Instant | null;
  readonly optedOutAt: Instant | null;
  readonly pause: Pause | null;
  /** Times of automatic replies to the contact for other events within LIMITS.answerMemory, oldest first. */
  readonly recentAnswers: readonly Instant[];
  /** The rule that uses the comment's only private reply; null if none does. */
  readonly privateReplyHeldBy: string | null;
  /** The rule that already replied publicly to the same comment, listed under another Blotato id. @default null */
  readonly publicReplyHeldBy?: string | null;
}

/**
 * Everything a decision needs besides the event and the rules. A parameter, so that decisions can be
 * replayed.
 */
export interface Facts extends GuardFacts, ContactState {
  /** True if the journal has no earlier message of the contact to this account. */
  readonly firstContact: boolean;
  readonly replies: readonly PastReply[];
  /** Time when the account's disclosure was last sent to this contact. */
  readonly lastDisclosedAt: Instant | null;
  /** Rules whose `next` post is the post of this comment. */
  readonly nextPostOf: readonly string[];
  /** The funnel run that waits for an answer of the contact; null if none does. */
  readonly run: WaitingRun | null;
  /** Earlier texts of the contact to the account, newest first, if the rules ask for the language. @default none */
  readonly said?: readonly string[];
  /**
   * The contact's newest run of each funnel, by rule: `active`, or its outcome. @default none was started
   */
  readonly funnels?: Readonly<Record<string, FunnelStanding>>;
  /** The branch that splits take in a test. @default the branch of the contact */
  readonly branch?: string;
  /** Results of codes and fetches that a rehearsal gives. @default their work is done outside of the decision */
  readonly given?: GivenWork;
  /** True if the event is older than the lookback of the first start. */
  readonly beforeStart: boolean;
}

/** Facts of an event from before the first start. No rule decides it, so nothing about its contact matters. */
export function factsBeforeStart(now: Instant): Facts {
  return { ...NOTHING_KNOWN, now, beforeStart: true };
}

const NOTHING_KNOWN: Omit<Facts, 'now' | 'beforeStart'> = {
  ...{ lastInboundAt: null, lastHumanAt: null, optedOutAt: null, pause: null, recentAnswers: [] },
  ...{ privateReplyHeldBy: null, firstContact: false, replies: [], lastDisclosedAt: null },
  ...{ tags: [], fields: {}, nextPostOf: [], run: null },
};

/** State or outcome of a contact's newest run of a funnel. */
export type FunnelStanding = 'active' | RunOutcome;
