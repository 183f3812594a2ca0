import type { ContactState } from './contact-state.js';
import type { WaitingRun } from './funnel.js';
import type { Instant } from './time.js';

/** An answer that a rule gave earlier: queued, or decided in shadow mode. */
export interface PastAnswer {
  readonly rule: string;
  readonly conversationId: string | null;
  readonly postId: string | null;
  /** Of several answers with the same rule, conversation and post: the newest. */
  readonly at: Instant;
  /** How many there were. */
  readonly times: number;
  /** Decided in shadow: the contact never got it, so it holds back shadow rules only. */
  readonly isShadow: boolean;
}

/** A pause by the owner: of everything, an account, a conversation or a contact. */
export interface Pause {
  /** `all`, `account:NAME`, `conversation:ID` or `contact:ID`. */
  readonly scope: string;
  /** Infinity: until it is ended by hand. */
  readonly until: Instant;
}

/** What the guards ask about: the state of a contact at the moment of deciding or sending. */
export interface GuardFacts {
  readonly now: Instant;
  /** The contact's newest message in the conversation; null when they never wrote one (a comment opens no window). */
  readonly lastInboundAt: Instant | null;
  /** The newest message or public answer by the account that is no send of ours. */
  readonly lastHumanAt: Instant | null;
  /** Until when the owner ended the pause that a human's messages bring about. @default null, never */
  readonly humanEndedAt?: Instant | null;
  readonly optedOutAt: Instant | null;
  readonly pause: Pause | null;
  /** When the contact got automatic answers within LIMITS.answerMemory, oldest first; other events' only. */
  readonly recentAnswers: readonly Instant[];
  /** The rule of ours that holds the comment's one private reply; null when none does. */
  readonly privateReplyHeldBy: string | null;
}

/** Everything that a decision needs to know besides the event and the rules. Passed in, so that it can be replayed. */
export interface Facts extends GuardFacts, ContactState {
  /** The contact never wrote to this account before, as far as the journal goes. */
  readonly firstContact: boolean;
  readonly answers: readonly PastAnswer[];
  /** When the account's disclosure last went to this contact. */
  readonly lastDisclosedAt: Instant | null;
  /** Rules for whose `next` post the comment is. */
  readonly nextPostOf: readonly string[];
  /** The funnel that waits for what the contact writes; null: none does. */
  readonly run: WaitingRun | null;
  /** The event is older than the first start looks back. */
  readonly beforeStart: boolean;
}
