import type { Calendar } from './calendar.js';
import type { Platform } from './event.js';
import type { Mode } from './mode.js';
import type { NotifyConfig } from './notice.js';
import type { Phrase } from './phrase.js';
import type { Role } from './role.js';
import type { Millis } from './time.js';

export interface AccountConfig {
  /** Name of the account, used in rules. */
  readonly name: string;
  /** Blotato's id of the account. */
  readonly id: string;
  readonly platform: Platform;
  readonly nativeId: string | null;
  readonly pageId: string | null;
  readonly disclosure: Phrase | null;
  /** Language of names of days and months, of numbers and of money in its texts. @default English */
  readonly locale?: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Mode of the account, if stricter than that of the configuration. @default live */
  readonly mode?: Exclude<Mode, 'shadow'>;
  /** Set if buttons are always sent as links. @default where the platform takes them, as buttons */
  readonly buttons?: 'never';
  /** Pause of the contact after which their messages are decided. @default the value for all accounts */
  readonly settle?: Millis;
}

export interface OptOutConfig {
  readonly keywords: readonly string[];
  readonly reply: Phrase;
}

/** Store of the journal: an absolute path, or a database shared by several workers. */
export type StoreAddress =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** A token for the dashboard, with the name of the person who has it. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/** The HTTP server. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly token: string | null;
  /** Further tokens, each with a role. @default none */
  readonly tokens?: readonly Token[];
  /** Token of the view over all workspaces. @default null, no agency */
  readonly agencyToken?: string | null;
  /** True if the owner may change rule files in the dashboard. @default false */
  readonly editRules?: boolean;
}

/** The checked configuration of one workspace, defaults filled in. */
export interface Config {
  /** Name of the workspace; `default` if the file sets none. */
  readonly workspace: string;
  /** Token for the dashboard of this workspace only; null if only `server.token` gives access. */
  readonly token: string | null;
  /** Further tokens for the dashboard of this workspace, each with a role. @default none */
  readonly tokens?: readonly Token[];
  readonly mode: Mode;
  /** Pause of the contact after which their messages are decided. @default 0, at once */
  readonly settle?: Millis;
  readonly blotato: { readonly baseUrl: string; readonly apiKey: string };
  readonly store: StoreAddress;
  /** Absolute path of a rule file or of a folder of rule files. */
  readonly rulesPath: string;
  /** True if other workspaces use the same rules. @default false */
  readonly sharesRules?: boolean;
  readonly accounts: readonly AccountConfig[];
  readonly poll: {
    /** Schedule of polls: a node-cron expression, seconds allowed. */
    readonly schedule: string;
    readonly comments: boolean;
    readonly overlap: Millis;
    /** Maximum age of events on the very first start; 0 replies to nothing older. */
    readonly lookback: Millis;
  };
  readonly throttle: {
    readonly sendsPerMinute: number;
    readonly readsPerMinute: number;
    readonly concurrency: number;
    readonly sendsPerHourPerAccount: number;
  };
  readonly delivery: { readonly ambiguous: 'resend_once' | 'leave'; readonly visibleWithin: Millis };
  readonly guards: {
    readonly humanPause: Millis;
    readonly automationPause: Millis;
    readonly perContact: { readonly replies: number; readonly per: Millis };
    /** Settings of the loop breaker; null if it is turned off. */
    readonly loopBreaker: { readonly rounds: number; readonly within: Millis; readonly wait: Millis } | null;
    readonly optOut: OptOutConfig | null;
  };
  readonly calendars: readonly Calendar[];
  /** Hosts of this machine or the local network that webhooks may call. */
  readonly webhooks: { readonly allowHosts: readonly string[] };
  readonly retention: Millis;
  /** Notifications to the owner; null if not set. */
  readonly notify: NotifyConfig | null;
  /** Address of the HTTP server; null if not set. A host that others can reach needs a token. */
  readonly server: ServerConfig | null;
  readonly log: { readonly level: string; readonly pretty: 'auto' | boolean; readonly texts: boolean };
}
