// JSON data of the dashboard's pages. Times are milliseconds since 1970.
import type { Mode } from '../domain/mode.js';
import type { AuditEntry } from '../domain/audit.js';
import type { Block } from '../domain/block.js';
import type { Decision } from '../domain/decision.js';
import type { EventKind, InboundEvent, Platform } from '../domain/event.js';
import type { Reason } from '../domain/reason.js';
import type { ActionType } from '../domain/rule.js';
import type { Send, SendRoute } from '../domain/send.js';
import type { Instant } from '../domain/time.js';
import type { Webhook } from '../domain/webhook.js';
import type { RulesState } from '../project/reload.js';
import type { JournalRow } from '../store/ports/journal.js';
import type { OpenHandoff } from '../store/ports/owner.js';
import type { Attempt, Lead, Person, Troubles, Utterance } from '../store/ports/reports.js';

export interface EventView
  extends
    Pick<InboundEvent, 'id' | 'kind' | 'platform' | 'account' | 'text' | 'at' | 'direction'>,
    Pick<JournalRow, 'seq' | 'rule' | 'reason' | 'detail'> {
  readonly contactId: string;
  readonly contact: string;
  readonly answers: readonly { readonly type: ActionType; readonly text: string }[];
}

export interface FeedView {
  readonly events: readonly EventView[];
  /** Start of the next page; null on the last page. */
  readonly before: number | null;
}

export interface AccountView {
  readonly name: string;
  readonly platform: Platform;
  readonly canSend: boolean;
  readonly waiting: number;
  readonly isPaused: boolean;
  readonly block: (Omit<Block, 'account' | 'refusals'> & { readonly fix: string }) | null;
}

export interface BudgetView {
  readonly route: SendRoute;
  readonly used: number;
  readonly limit: number;
}

export interface NowView {
  readonly now: Instant;
  /** True in a demo, in which the reader may write as a customer. */
  readonly isDemo: boolean;
  readonly mode: Mode;
  readonly isPaused: boolean;
  readonly readAt: Instant | null;
  /** True if nothing was read for longer than `poll.schedule` explains. */
  readonly isReadLate: boolean;
  readonly failing: readonly string[];
  readonly isKeyRefused: boolean;
  readonly accounts: readonly AccountView[];
  readonly waiting: number;
  readonly emptyAt: Instant | null;
  readonly budgets: readonly BudgetView[];
  readonly rules: RulesState;
  /** Events of the last 24 hours, by reason. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** Number of entries on the dashboard page of that name. */
  readonly attention: number;
  /** Number of replies that wait for a person. */
  readonly drafts: number;
  /** Number of contacts who wait for a human. */
  readonly humans: number;
}

/** Counts of a period. */
export interface TodayTotals {
  readonly answered: number;
  /** Number of replies withheld in shadow mode. */
  readonly shadow: number;
  readonly leftAlone: number;
  readonly leads: number;
  /** Number of leads with an e-mail address. */
  readonly emails: number;
}

/** The first page: results of the messages and comments of a range of days. */
export interface TodayView {
  /** Range in days, each of 24 hours up to now. */
  readonly range: number;
  readonly current: TodayTotals;
  /** Totals of the equally long period before; null if the journal starts later. */
  readonly previous: TodayTotals | null;
  readonly today: TodayTotals;
  /** Totals by day, oldest first, from the first day with an event. */
  readonly days: readonly Pick<TodayTotals, 'answered' | 'shadow' | 'leftAlone'>[];
  /** Start of the last day as a UTC date, in the requested zone. */
  readonly lastDay: Instant;
  /** Events of the range by reason, without our own. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** Replies per hour of the last 24 hours, oldest first. */
  readonly hours: readonly number[];
}

export interface LeadsView {
  readonly leads: readonly Lead[];
  /** Names of all fields that the leads have. */
  readonly fields: readonly string[];
}

export interface WhyView {
  readonly event: InboundEvent;
  /** Reason of the event; null if not decided yet. */
  readonly decision: Decision | null;
  /** The reason as a sentence. */
  readonly sentence: string | null;
  readonly decidedAt: Instant | null;
  readonly sends: readonly { readonly send: Send; readonly attempts: readonly Attempt[] }[];
  /** Actions of people on its sends, its handoffs and its contact, oldest first. */
  readonly acts: readonly AuditEntry[];
}

export interface AttentionView {
  /** Totals of the lists below, which contain only the latest entries. */
  readonly counts: Troubles;
  readonly isReadLate: boolean;
  readonly readAt: Instant | null;
  readonly sends: readonly (Send & { readonly contactName: string | null })[];
  readonly blocked: readonly AccountView[];
  readonly isKeyRefused: boolean;
  readonly failing: readonly string[];
  readonly problem: RulesState['problem'];
  /** Dead letters, without their bodies. */
  readonly webhooks: readonly Omit<Webhook, 'body' | 'secret'>[];
  /** Handoffs of the last 7 days after which no human wrote. */
  readonly handoffs: readonly OpenHandoff[];
  /** Comments of the last 7 days whose private reply was used by someone else, by rule. */
  readonly contention: readonly { readonly rule: string; readonly n: number }[];
  readonly rivals: readonly RivalView[];
}

/** One of Blotato's own automations that overlaps with our rules. */
export interface RivalView {
  readonly automation: string;
  /** Name of the automation's account; null if the automation does not name one. */
  readonly account: string | null;
  /** True if one comment or message triggers both the automation and a rule. */
  readonly isClash: boolean;
  /** Rules that overlap with the automation; `shares` is text, such as `the keyword guide`. */
  readonly rules: readonly { readonly rule: string; readonly shares: string }[];
}

export interface PeopleView {
  readonly people: readonly Person[];
  readonly before: number | null;
  /** Place after which the next page in the order `window` begins. */
  readonly after: string | null;
}

export interface DialogueView {
  readonly person: { readonly account: string; readonly contactId: string; readonly name: string };
  readonly utterances: readonly Utterance[];
  readonly isPaused: boolean;
  /** End of the silence after a human wrote; null if the program may reply. */
  readonly silentUntil: Instant | null;
  readonly isOptedOut: boolean;
  /** State of the conversation for a reply by hand; null if the contact wrote no message. */
  readonly reply: {
    readonly version: string;
    /** End of the time in which the platform accepts a reply by hand; null if it has no limit. */
    readonly endsAt: Instant | null;
  } | null;
}

export interface RuleView {
  readonly id: string;
  readonly on: EventKind;
  readonly mode: Mode;
  readonly place: string;
  /** Name of the file with the rule. */
  readonly file: string;
  readonly scope: string;
  readonly keywords: readonly string[];
  /** Texts of the rule, rendered for an example contact. */
  readonly answers: readonly { readonly type: ActionType; readonly text: string }[];
  /**
   * Events of the last 7 days by day, oldest first, that this rule replied to or was kept from replying to.
   */
  readonly days: readonly number[];
  readonly replied: number;
  readonly skipped: Readonly<Partial<Record<Reason, number>>>;
}

export interface RulesView {
  readonly rules: readonly RuleView[];
  readonly state: RulesState;
  /** The day of the last figure of each rule, UTC. */
  readonly today: Instant;
}

export interface TestsView {
  /** Results of the rules' tests; null if the files have errors. */
  readonly tests:
    | readonly {
        readonly name: string;
        readonly place: string;
        readonly rules: readonly string[];
        readonly failures: readonly string[];
      }[]
    | null;
}

export interface TryRequest {
  readonly text: string;
  readonly kind: EventKind;
  readonly account: string;
  readonly at: Instant;
}

export interface TryView {
  readonly event: InboundEvent;
  readonly decision: Decision;
  readonly sentence: string;
}

export interface DiffView {
  /** Errors in the text, with frames and fixes; empty if it is valid. */
  readonly faults: readonly string[];
  readonly replayed: number;
  readonly groups: readonly {
    readonly title: string;
    readonly n: number;
    readonly examples: readonly {
      readonly id: string;
      readonly text: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
    }[];
  }[];
}
