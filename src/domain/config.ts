import type { Calendar } from './calendar.js';
import type { Platform } from './event.js';
import type { NotifyConfig } from './notice.js';
import type { Millis } from './time.js';

export interface AccountConfig {
  /** The name that rules use. */
  readonly name: string;
  /** Blotato's id of the account. */
  readonly id: string;
  readonly platform: Platform;
  readonly nativeId: string | null;
  readonly pageId: string | null;
  readonly disclosure: string | null;
  readonly vars: Readonly<Record<string, unknown>>;
  /** How long a contact must pause before their messages are decided. @default that of all accounts */
  readonly settle?: Millis;
}

export interface OptOutConfig {
  readonly keywords: readonly string[];
  readonly reply: string;
}

/** Where the journal is kept: an absolute file, or a database that several workers share. */
export type StoreAddress =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** The checked configuration of one workspace, defaults filled in. */
export interface Config {
  /** Its name; `default` where the file names none. */
  readonly workspace: string;
  /** Opens the dashboard of this workspace alone. Null: only `server.token` does. */
  readonly token: string | null;
  readonly mode: 'shadow' | 'live';
  /** How long a contact must pause before their messages are decided. @default 0, at once */
  readonly settle?: Millis;
  readonly blotato: { readonly baseUrl: string; readonly apiKey: string };
  readonly store: StoreAddress;
  /** A rule file, or a folder of them, absolute. */
  readonly rulesPath: string;
  readonly accounts: readonly AccountConfig[];
  readonly poll: {
    /** node-cron expression, seconds allowed. */
    readonly schedule: string;
    readonly comments: boolean;
    readonly overlap: Millis;
    /** How far the very first start looks back; 0: answer nothing older. */
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
    readonly perContact: { readonly replies: number; readonly per: Millis };
    /** Null: turned off. */
    readonly loopBreaker: { readonly rounds: number; readonly within: Millis; readonly wait: Millis } | null;
    readonly optOut: OptOutConfig | null;
  };
  readonly calendars: readonly Calendar[];
  /** Hosts of this machine or its network that webhooks may be sent to. */
  readonly webhooks: { readonly allowHosts: readonly string[] };
  readonly retention: Millis;
  /** Null: the owner is told nowhere. */
  readonly notify: NotifyConfig | null;
  /** Where health is served; null: nothing listens. A host that others can reach needs a token. */
  readonly server: { readonly host: string; readonly port: number; readonly token: string | null } | null;
  readonly log: { readonly level: string; readonly pretty: 'auto' | boolean; readonly texts: boolean };
}
