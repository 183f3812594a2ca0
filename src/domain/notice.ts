import type { Weekday } from './calendar.js';
import type { Instant, Millis } from './time.js';

/** Kinds of notifications to the owner. */
export const NOTICE_KINDS = [
  'failed',
  'unknown_outcome',
  'blocked_account',
  'broken_rules',
  'private_reply_used',
  'silent_list',
  'handoff',
  'dead_webhook',
  'low_codes',
  'unreadable',
  'held_messages',
  'lost_account',
  'failed_notice',
  'rival_automation',
  'automation_changed',
  'weekly_summary',
  'draft_waiting',
  'window_closed',
  'template_error',
  'too_long',
  'quiet_rule',
  'dead_link',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A notification to the owner. `key` identifies it within its kind, so that each notice is sent once. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly key: string;
  /** Time of the event. */
  readonly at: Instant;
  /** Description in one sentence, without any text written by people. */
  readonly text: string;
  /** Suggested fix. */
  readonly fix: string;
}

/** A notice with the page of the dashboard that it is about; null if its address is not known. */
export interface LinkedNotice extends Notice {
  readonly link: string | null;
}

export interface NotifyConfig {
  readonly kinds: readonly NoticeKind[];
  /** Minimum time between two messages; notices in between are sent together. */
  readonly digest: Millis;
  /** Time that a list has to fail before the owner is notified. */
  readonly silentAfter: Millis;
  /** Quiet hours, after which pending notices are sent. Minutes of the day. Null if not set. */
  readonly quiet: { readonly from: number; readonly to: number; readonly timezone: string } | null;
  /** Time of the weekly summary; `minute` of the day. @default Monday, 09:00 UTC */
  readonly weekly?: { readonly weekday: Weekday; readonly minute: number; readonly timezone: string };
  /** Set if the links in the texts of the rules are checked. @default they are not */
  readonly links?: 'daily';
  /** Address of the dashboard as its readers open it, without a slash at the end; null for no links. */
  readonly link: string | null;
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  readonly email: { readonly smtp: string; readonly from: string; readonly to: readonly string[] } | null;
  /** Program and arguments; gets the notices as JSON on its standard input. */
  readonly command: readonly string[] | null;
  /** Address of an incoming webhook, a secret. */
  readonly slack?: { readonly url: string };
  /** Address of a webhook of a channel, a secret. */
  readonly discord?: { readonly url: string };
  readonly telegram?: {
    readonly token: string;
    readonly chatId: string;
    /** Address of the Bot API, without a slash at the end. */
    readonly baseUrl: string;
  };
}
