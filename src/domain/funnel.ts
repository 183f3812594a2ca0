import type { ReplySpec } from './reply.js';
import type { Instant, Millis } from './time.js';
import type { Transitions } from './transitions.js';

/** Kinds of answers that an `ask` can wait for by name. */
export const EXPECTED_KINDS = ['email', 'phone', 'number', 'any'] as const;

/** What counts as an answer to a question. */
export type Expected =
  | { readonly kind: Exclude<(typeof EXPECTED_KINDS)[number], 'phone'> }
  /** With a country, `DE`, numbers are saved as E.164. */
  | { readonly kind: 'phone'; readonly country?: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: string };

/** What a keyword of another rule does to a funnel that waits and did not get its answer. */
export const ON_KEYWORD = ['end', 'keep', 'ignore'] as const;
/** What a human of the account, who writes in the conversation, does to it. */
export const ON_HUMAN = ['end', 'keep'] as const;

/** A question, and how long and how often an answer is waited for. */
export interface Ask {
  /** Null: the message before it has asked. */
  readonly question: ReplySpec | null;
  readonly expect: Expected;
  /** The field of the contact that keeps the answer. */
  readonly save: string | null;
  /** What a wrong answer is told; null: nothing. */
  readonly retry: string | null;
  /** Answers that are looked at, wrong ones included. At least 1. */
  readonly tries: number;
  readonly within: Millis;
  readonly onKeyword: (typeof ON_KEYWORD)[number];
  readonly onHuman: (typeof ON_HUMAN)[number];
}

/** What a rule does besides speaking. Texts are templates. */
export type Effect =
  | { readonly type: 'tag' | 'untag'; readonly tags: readonly string[] }
  | { readonly type: 'set'; readonly fields: Readonly<Record<string, string>> }
  /** `secret` is as it is written, `${NAME}`: it is read from the environment when it signs, and stored nowhere. */
  | { readonly type: 'webhook'; readonly url: string; readonly secret: string | null }
  /** Null: until it is ended by hand. Steps are kept as JSON, which has no infinity. */
  | { readonly type: 'pause'; readonly time: Millis | null }
  /** Null: as long as `guards.human_pause`. */
  | { readonly type: 'handoff'; readonly note: string | null; readonly time: Millis | null };

export type Step =
  | { readonly type: 'ask'; readonly ask: Ask }
  | { readonly type: 'reply'; readonly reply: ReplySpec }
  | Effect;

/** What follows the first message of a rule. */
export interface Funnel {
  readonly steps: readonly Step[];
  /** When the funnel does not come to its end: no answer, no valid one. It asks nothing. */
  readonly otherwise: readonly Step[];
}

/**
 * The life of a funnel run.
 *
 * asking    the question is decided and not sent yet.
 * waiting   the question is on its way or was sent: an answer counts until the deadline.
 * sending   nothing will be asked; the run ends when its message is on its way.
 * ended     final, with an outcome. Tried again by hand it may come back.
 */
export const RUN_STATES = ['asking', 'waiting', 'sending', 'ended'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** The contact takes part: another funnel replaces the run, and no second one may begin beside it. */
export const ACTIVE_RUN_STATES = ['asking', 'waiting'] as const satisfies readonly RunState[];

export type RunStep = 'asked' | 'answer' | 'end' | 'stop' | 'refuse' | 'put_back' | 'revive' | 'forget';

/** Every allowed change of a run's state, by what brings it about. A new run begins in any state but `ended`. */
export const RUN_STEPS: Readonly<Record<RunStep, Transitions<RunState>>> = {
  /** The question, or the only message, is on its way. */
  asked: { asking: ['waiting'], sending: ['ended'] },
  /** An answer leads to the next question, or to the same one again. */
  answer: { waiting: ['asking', 'waiting'] },
  /** By an answer, a deadline, a keyword, or a human. */
  end: { waiting: ['ended'] },
  /** The contact opts out, or another funnel takes over. */
  stop: { asking: ['ended'], waiting: ['ended'] },
  /** The message did not arrive. A run that was complete without a question is `refused` in retrospect. */
  refuse: { asking: ['ended'], waiting: ['ended'], sending: ['ended'] },
  /** The message failed late, for a reason that holds the account: it waits to be sent again. */
  put_back: { waiting: ['asking'], ended: ['sending'] },
  /** The message is sent again by hand. */
  revive: { ended: ['asking', 'sending'] },
  /** The contact's data is deleted. */
  forget: { asking: ['ended'], waiting: ['ended'], sending: ['ended'] },
};

export const RUN_OUTCOMES = [
  'completed',
  'gave_up',
  'timed_out',
  'interrupted',
  'human',
  'stopped',
  'replaced',
  'refused',
  'failed',
] as const;
/**
 * How a contact's way through a funnel ended. `gave_up`: as many wrong answers as `tries` allows. `interrupted`: a
 * keyword of another rule. `stopped`: the contact opted out. `replaced`: another funnel asks the contact now. `refused`:
 * the first message did not arrive. `failed`: a later one did not.
 */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** A contact who was asked and has not answered yet. */
export interface WaitingRun {
  readonly id: number;
  /** The rule whose funnel it is, as it was when the contact began. */
  readonly rule: string;
  readonly funnel: Funnel;
  /** The place, in the steps, of the `ask` that waits. */
  readonly step: number;
  /** Wrong answers so far. */
  readonly wrong: number;
  readonly startedAt: Instant;
  readonly askedAt: Instant;
  readonly match: RunMatch;
}

/** What the contact's first message said, for the templates of later steps. */
export interface RunMatch {
  readonly keyword: string | null;
  readonly groups: Readonly<Record<string, string>>;
}

/** What a decision does to a contact's way through a funnel. */
export type RunChange =
  | {
      readonly kind: 'start';
      readonly rule: string;
      readonly funnel: Funnel;
      /** The `ask` that waits; null when nothing is asked. */
      readonly step: number | null;
      readonly within: Millis;
      readonly match: RunMatch;
    }
  | {
      readonly kind: 'wait';
      readonly run: number;
      readonly rule: string;
      readonly step: number;
      readonly wrong: number;
      readonly within: Millis;
    }
  | {
      readonly kind: 'end';
      readonly run: number;
      readonly rule: string;
      readonly outcome: RunOutcome;
      readonly detail: string | null;
    };

/** An effect, rendered, as it is carried out in the transaction of its decision. */
export type PlannedEffect = { readonly rule: string } & (
  | { readonly type: 'tag' | 'untag'; readonly tags: readonly string[] }
  | { readonly type: 'set'; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly secret: string | null;
      /** JSON. */
      readonly body: string;
    }
  | { readonly type: 'pause'; readonly until: Instant }
  | { readonly type: 'handoff'; readonly note: string | null; readonly until: Instant }
);
