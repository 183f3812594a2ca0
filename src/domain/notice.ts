import type { Instant, Millis } from './time.js';

/** What an owner is told about. */
export const NOTICE_KINDS = [
  'failed',
  'unknown_outcome',
  'blocked_account',
  'broken_rules',
  'private_reply_used',
  'silent_list',
  'handoff',
  'dead_webhook',
  'unreadable',
  'held_messages',
  'lost_account',
  'failed_notice',
  'rival_automation',
  'automation_changed',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Something that an owner should know. `key` tells it from all others of its kind: it is told once. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly key: string;
  /** When it happened. */
  readonly at: Instant;
  /** What happened, in a sentence, without what anybody wrote. */
  readonly text: string;
  /** What to do about it. */
  readonly mend: string;
}

export interface NotifyConfig {
  readonly kinds: readonly NoticeKind[];
  /** At most one message in this time: what happens meanwhile comes together. */
  readonly digest: Millis;
  /** How long a list has to fail before that is told. */
  readonly silentAfter: Millis;
  /** When nothing is told; it comes afterwards. Minutes of the day. Null: never. */
  readonly quiet: { readonly from: number; readonly to: number; readonly timezone: string } | null;
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  readonly email: { readonly smtp: string; readonly from: string; readonly to: readonly string[] } | null;
  /** Program and arguments; gets the notices as JSON on its standard input. */
  readonly command: readonly string[] | null;
}
