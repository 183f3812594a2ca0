import type { Condition } from './condition.js';
import type { BodyTemplate, HeaderTemplates, WebhookMethod } from './request.js';
import type { ReplySpec } from './reply.js';
import type { SplitStep } from './split.js';
import type { Instant, Millis } from './time.js';
import type { Transitions } from './transitions.js';
import type { WorkStep } from './work.js';
import type { WaitStep } from './wait.js';

/** Kinds of answers that an `ask` can name. */
export const EXPECTED_KINDS = ['email', 'phone', 'number', 'any'] as const;

/** The answers that a question accepts. */
export type Expected =
  | { readonly kind: Exclude<(typeof EXPECTED_KINDS)[number], 'phone'> }
  /** A telephone number; with a country such as `DE` it is saved as E.164. */
  | { readonly kind: 'phone'; readonly country?: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: string }
  /** Ids of rules with examples, one of which the answer has to resemble. */
  | { readonly kind: 'meaning'; readonly rules: readonly string[] };

/** Effect of a keyword of another rule on a funnel that waits for an answer and did not get one. */
export const ON_KEYWORD = ['end', 'keep', 'ignore'] as const;
/** Effect on a waiting funnel of a human of the account who writes in the conversation. */
export const ON_HUMAN = ['end', 'keep'] as const;

/** A question, with time limit and number of tries for the answer. */
export interface Ask {
  /** Text of the question; null if the previous message was the question. */
  readonly question: ReplySpec | null;
  readonly expect: Expected;
  /** The field of the contact that stores the answer. */
  readonly save: string | null;
  /** Text sent after an invalid answer; null if none. */
  readonly retry: string | null;
  /** `retry` in several languages. @default one for every contact */
  readonly retryIn?: Pick<ReplySpec, 'languages' | 'fallback'>;
  /** Maximum number of answers that are checked, including invalid ones. At least 1. */
  readonly tries: number;
  readonly within: Millis;
  readonly onKeyword: (typeof ON_KEYWORD)[number];
  readonly onHuman: (typeof ON_HUMAN)[number];
  /** Texts sent while no answer comes, the earliest first. @default none */
  readonly reminders?: readonly Reminder[];
  /** Steps by answer. @default none, the step after the question follows */
  readonly cases?: AskCases;
}

/** A text sent once if the contact has written nothing since the question. */
export interface Reminder {
  /** Time since the question was sent. */
  readonly after: Millis;
  readonly reply: ReplySpec;
}

/** The continuation of a question by its answer, as positions of steps. */
export interface AskCases {
  /** First step of each answer that has steps of its own. */
  readonly of: Readonly<Record<string, number>>;
  /** First step for every other answer, and after the last invalid one; null for the step `end`. */
  readonly other: number | null;
  /** Step after the cases. */
  readonly end: number;
}

/** An effect of a rule other than sending a reply. Texts are templates. */
export type Effect =
  | { readonly type: 'tag' | 'untag'; readonly tags: readonly string[] }
  | { readonly type: 'set'; readonly fields: Readonly<Record<string, string>> }
  /**
   * A webhook. `secret` is kept as written, `${NAME}`: its value is read from the environment at signing and
   * never stored.
   */
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly secret: string | null;
      /** @default POST */
      readonly method?: WebhookMethod;
      /** Further headers, as written. @default none */
      readonly headers?: HeaderTemplates;
      /** @default rule, account, contact and event */
      readonly body?: BodyTemplate;
    }
  /** `time` is null for a pause until ended by hand: steps are stored as JSON, which has no infinity. */
  | { readonly type: 'pause'; readonly time: Millis | null }
  /** `time` is null for the time of `guards.human_pause`. */
  | { readonly type: 'handoff'; readonly note: string | null; readonly time: Millis | null };

export type Step =
  | { readonly type: 'ask'; readonly ask: Ask }
  | { readonly type: 'reply'; readonly reply: ReplySpec }
  | WaitStep
  | ControlStep
  | WorkStep
  | Effect;

/** A step that only chooses the next one. Positions always lie ahead, so that every funnel ends. */
export type ControlStep =
  /** Continues with the next step if the condition holds, else at `else`. */
  | { readonly type: 'if'; readonly when: Condition; readonly else: number }
  | { readonly type: 'goto'; readonly to: number }
  | SplitStep;

/** The steps after the first message of a rule. */
export interface Funnel {
  /**
   * The steps in one list, whose positions are the places where a run can wait: branches are jumps. A run keeps
   * the list with which it started, so a position never changes its meaning.
   */
  readonly steps: readonly Step[];
  /**
   * Path of each step below `then` in the rule file, its stable name. @default the positions themselves, for a
   * funnel without branches
   */
  readonly paths?: readonly StepPath[];
  /** Steps to run if the funnel does not complete: no answer, or no valid one. They contain no question. */
  readonly otherwise: readonly Step[];
}

/** Position behind the last step: a jump to it ends the funnel. */
export const END_OF_FUNNEL = Number.MAX_SAFE_INTEGER;

/** True for a step that waits for work outside of the decision. */
export function isWork(step: Step): step is WorkStep {
  return step.type === 'code' || step.type === 'fetch';
}

export type StepPath = readonly (string | number)[];

/** Path of a step below `then` in the rule file. */
export function pathOfStep({ paths }: Pick<Funnel, 'paths'>, step: number): StepPath {
  return paths?.[step] ?? [step];
}

/**
 * Life cycle of a funnel run.
 * - asking: the question is decided and not sent yet.
 * - waiting: the question is being sent or was sent: an answer counts until the deadline. Or time passes (`wait`):
 *   at the deadline the run continues.
 * - sending: no question follows; the run ends when its message is being sent.
 * - ended: final, with an outcome. A retry by hand may reopen it.
 */
export const RUN_STATES = ['asking', 'waiting', 'sending', 'ended'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States with an active contact: another funnel replaces the run, and no second run may start beside it. */
export const ACTIVE_RUN_STATES = ['asking', 'waiting'] as const satisfies readonly RunState[];

export type RunStep = 'asked' | 'answer' | 'end' | 'stop' | 'refuse' | 'put_back' | 'revive' | 'forget';

/** Every allowed change of a run's state, by its cause. A new run starts in any state but `ended`. */
export const RUN_STEPS: Readonly<Record<RunStep, Transitions<RunState>>> = {
  /** Changes when the question, or the only message, is being sent. */
  asked: { asking: ['waiting'], sending: ['ended'] },
  /** Changes after an answer or a wait: to the next question or wait, or to the same question again. */
  answer: { waiting: ['asking', 'waiting'] },
  /** Ends by an answer, a deadline, a keyword, or a human. */
  end: { waiting: ['ended'] },
  /** Ends because the contact opts out, or another funnel replaces the run. */
  stop: { asking: ['ended'], waiting: ['ended'] },
  /**
   * Ends because the message did not arrive. A run that completed without a question becomes `refused`
   * afterwards.
   */
  refuse: { asking: ['ended'], waiting: ['ended'], sending: ['ended'] },
  /**
   * Changes when the message failed late for a reason that puts the account on hold: the message waits to be
   * sent again.
   */
  put_back: { waiting: ['asking'], ended: ['sending'] },
  /** Changes when the owner sends the message again by hand. */
  revive: { ended: ['asking', 'sending'] },
  /** Changes when the contact's data is deleted. */
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
 * Outcome of a funnel run. `gave_up`: `tries` invalid answers. `interrupted`: a keyword of another rule, or a
 * message during a wait.
 * `stopped`: the contact opted out. `replaced`: another funnel asks the contact now. `refused`: the first
 * message did not arrive. `failed`: a later one did not.
 */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** Values of the fact `funnel`: where a contact stands in a funnel, or how it ended. */
export const FUNNEL_STANDINGS = ['none', 'active', ...RUN_OUTCOMES] as const;

/** A funnel run whose question has no answer yet, or that waits for a time. */
export interface WaitingRun {
  readonly id: number;
  /** The rule of the funnel, as it was when the run started. */
  readonly rule: string;
  readonly funnel: Funnel;
  /** Index of the waiting `ask` or `wait` in the steps. */
  readonly step: number;
  /** Number of invalid answers so far. */
  readonly wrong: number;
  readonly startedAt: Instant;
  readonly askedAt: Instant;
  /** Number of reminders made of the question. */
  readonly reminded: number;
  readonly match: RunMatch;
}

/** Keyword match of the contact's first message, for the templates of later steps. */
export interface RunMatch {
  readonly keyword: string | null;
  readonly groups: Readonly<Record<string, string>>;
}

/** Change of a funnel run by a decision. */
export type RunChange =
  | {
      readonly kind: 'start';
      readonly rule: string;
      readonly funnel: Funnel;
      /** Index of the waiting `ask` or `wait`; null if the funnel halts nowhere. */
      readonly step: number | null;
      readonly within: Millis;
      /** Set if the run waits for work outside of the decision instead of an answer. */
      readonly isWork?: true;
      /** Time from the question to its first reminder. @default none */
      readonly remindAfter?: Millis | undefined;
      /** True if the step is a wait. */
      readonly isWait?: true | undefined;
      /** Positions of the steps that the decision took, in order, up to the one at which it halts. @default none */
      readonly passed?: readonly number[] | undefined;
      readonly match: RunMatch;
    }
  | {
      readonly kind: 'wait';
      readonly run: number;
      readonly rule: string;
      readonly step: number;
      readonly wrong: number;
      readonly within: Millis;
      readonly isWork?: true;
      readonly remindAfter?: Millis | undefined;
      readonly isWait?: true | undefined;
      /** Positions of the steps that the decision took, in order, up to the one at which it halts. @default none */
      readonly passed?: readonly number[] | undefined;
      /** True if a wait ended, and no answer came. */
      readonly waited?: true;
    }
  | {
      readonly kind: 'remind';
      readonly run: number;
      readonly rule: string;
      readonly reminded: number;
      /** Time from the question to the next reminder; null if none is left. */
      readonly remindAfter: Millis | null;
    }
  | {
      readonly kind: 'end';
      readonly run: number;
      readonly rule: string;
      readonly outcome: RunOutcome;
      readonly detail: string | null;
      /** Positions of the steps that the decision took, in order, up to the one at which it halts. @default none */
      readonly passed?: readonly number[] | undefined;
      /** True if a wait ended, and no answer came. */
      readonly waited?: true;
    };

/** A rendered effect, as applied in the transaction of its decision. */
export type PlannedEffect = { readonly rule: string } & (
  | { readonly type: 'tag' | 'untag'; readonly tags: readonly string[] }
  | { readonly type: 'set'; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly type: 'webhook';
      /** Address as written in the rule. */
      readonly url: string;
      /** Rendered address. @default `url`, which is no template */
      readonly target?: string;
      readonly secret: string | null;
      /** @default POST */
      readonly method?: WebhookMethod;
      /** Further headers, as written, and the content type. @default those of JSON */
      readonly headers?: HeaderTemplates;
      /** Payload. Empty for none. */
      readonly body: string;
    }
  | { readonly type: 'pause'; readonly until: Instant }
  /** The branch of a split that the contact takes, for its figures. */
  | { readonly type: 'branch'; readonly split: string; readonly branch: string }
  | { readonly type: 'handoff'; readonly note: string | null; readonly until: Instant }
);
