import type { Platform } from './event.js';
import type { ActionType } from './rule.js';
import { DAY, HOUR, type Millis } from './time.js';

export interface TextLimit {
  readonly most: number;
  readonly unit: 'characters' | 'bytes of UTF-8';
}

/** Limits of a platform. Read in 2026; where the platform and this table disagree, the platform is right. */
export interface PlatformRow {
  /** True if the API can send on the platform (Blotato API description 2.0.0, `POST /v2/messages`). */
  readonly canSend: boolean;
  /** True if a send has to name the sending page (same source: target `facebook` requires `pageId`). */
  readonly needsPageId: boolean;
  /**
   * Time after the contact's last message in which a reply may be sent; null if unlimited once they wrote.
   */
  readonly replyWindow: Millis | null;
  /** Time after the contact's last message in which a person may reply; null if that is `replyWindow`. */
  readonly humanWindow: Millis | null;
  /** Time after a comment in which its only private reply may be sent; null if not supported. */
  readonly privateReplyWithin: Millis | null;
  readonly messageLimit: TextLimit;
  /** Limits of a message with link buttons; null if the platform has none. */
  readonly buttons: { readonly titleMost: number; readonly textMost: number } | null;
  /** Limit of a public reply; null if not supported. */
  readonly commentLimit: TextLimit | null;
}

export const PLATFORM_TABLE: Readonly<Record<Platform, PlatformRow>> = {
  facebook: {
    canSend: true,
    needsPageId: true,
    // Standard messaging window, source: developers.facebook.com, messenger-platform/policy (2026-09-28).
    replyWindow: 24 * HOUR,
    // Window of the tag HUMAN_AGENT, for replies by a person only, source: developers.facebook.com,
    // messenger-platform/send-messages/message-tags.
    humanWindow: 7 * DAY,
    // Private replies within 7 days from the comment, source: developers.facebook.com,
    // messenger-platform/discovery/private-replies.
    privateReplyWithin: 7 * DAY,
    // Length limit from the Send API reference, as quoted by several SDKs; it does not define what counts as
    // a character.
    messageLimit: { most: 2_000, unit: 'characters' },
    // Button template, source: developers.facebook.com, messenger-platform/reference/templates/button: titles of
    // 20 characters, text of 640.
    buttons: { titleMost: 20, textMost: 640 },
    // Length limit of comments, source: help.blotato.com, comments (2026-10).
    commentLimit: { most: 8_000, unit: 'characters' },
  },
  instagram: {
    canSend: true,
    needsPageId: false,
    replyWindow: 24 * HOUR,
    // Window of the tag HUMAN_AGENT, for replies by a person only, source: developers.facebook.com,
    // messenger-platform/send-messages/message-tags.
    humanWindow: 7 * DAY,
    // Window of private replies, source: developers.facebook.com, instagram-platform/private-replies; for
    // live comments only during the broadcast.
    privateReplyWithin: 7 * DAY,
    // Length limit, "1000 bytes or less, UTF-8": messenger-platform/instagram/features/send-message.
    messageLimit: { most: 1_000, unit: 'bytes of UTF-8' },
    buttons: { titleMost: 20, textMost: 640 },
    // Length limit of comments, source: help.blotato.com, comments (2026-10).
    commentLimit: { most: 2_200, unit: 'characters' },
  },
  twitter: {
    canSend: true,
    needsPageId: false,
    // Replies are allowed only after the person wrote first (X developer guidelines), then without a time
    // limit.
    replyWindow: null,
    humanWindow: null,
    privateReplyWithin: null,
    messageLimit: { most: 10_000, unit: 'characters' },
    buttons: null,
    commentLimit: null,
  },
  bluesky: {
    canSend: false,
    needsPageId: false,
    replyWindow: null,
    humanWindow: null,
    privateReplyWithin: null,
    buttons: null,
    // Length limit of messages, source: lexicons/chat/bsky/convo/defs.json of bluesky-social/atproto.
    messageLimit: { most: 1_000, unit: 'characters' },
    commentLimit: null,
  },
};

/** Maximum length of a text of this action; null if the platform does not support the action. */
export function limitOf(platform: Platform, action: ActionType): TextLimit | null {
  const row = PLATFORM_TABLE[platform];
  return action === 'comment_reply' ? row.commentLimit : row.messageLimit;
}

/** The size of a text in the unit of a limit. */
export function sizeIn({ unit }: TextLimit, text: string): number {
  return unit === 'characters' ? Array.from(text).length : Buffer.byteLength(text, 'utf8');
}

/** Describes by how much a text is too long for the platform; null if it fits. */
export function tooLong(platform: Platform, action: ActionType, text: string): string | null {
  const limit = limitOf(platform, action);
  if (!limit) return null;
  const size = sizeIn(limit, text);
  return size <= limit.most ? null : `${size} ${limit.unit}; ${platform} allows ${limit.most}`;
}
