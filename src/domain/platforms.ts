import type { Platform } from './event.js';
import type { ActionType } from './rule.js';
import { DAY, HOUR, type Millis } from './time.js';

export interface TextLimit {
  readonly most: number;
  readonly unit: 'characters' | 'bytes of UTF-8';
}

/** What a platform allows. Read in 2026; where the platform and this table disagree, the platform is right. */
export interface PlatformRow {
  /** The API has a send target for it (Blotato API description 2.0.0, `POST /v2/messages`). */
  readonly canSend: boolean;
  /** A send names the page it comes from (same source: target `facebook` requires `pageId`). */
  readonly needsPageId: boolean;
  /** How long after the contact's last message an answer may be sent; null: without limit once they wrote. */
  readonly replyWindow: Millis | null;
  /** How long after a comment its one private reply may be sent; null: there is none. */
  readonly privateReplyWithin: Millis | null;
  readonly messageLimit: TextLimit;
  /** Limit of a public answer; null: there is none. */
  readonly commentLimit: TextLimit | null;
}

export const PLATFORM_TABLE: Readonly<Record<Platform, PlatformRow>> = {
  facebook: {
    canSend: true,
    needsPageId: true,
    // Standard messaging window: developers.facebook.com, messenger-platform/policy (2026-09-28).
    replyWindow: 24 * HOUR,
    // 7 days from the comment: developers.facebook.com, messenger-platform/discovery/private-replies.
    privateReplyWithin: 7 * DAY,
    // Send API reference, as quoted by several SDKs; what a character counts is not stated.
    messageLimit: { most: 2_000, unit: 'characters' },
    // help.blotato.com, comments (2026-10).
    commentLimit: { most: 8_000, unit: 'characters' },
  },
  instagram: {
    canSend: true,
    needsPageId: false,
    replyWindow: 24 * HOUR,
    // developers.facebook.com, instagram-platform/private-replies; live comments only during the broadcast.
    privateReplyWithin: 7 * DAY,
    // "1000 bytes or less, UTF-8": messenger-platform/instagram/features/send-message.
    messageLimit: { most: 1_000, unit: 'bytes of UTF-8' },
    // help.blotato.com, comments (2026-10).
    commentLimit: { most: 2_200, unit: 'characters' },
  },
  twitter: {
    canSend: true,
    needsPageId: false,
    // Only after the person wrote first: X developer guidelines. There is no time limit after that.
    replyWindow: null,
    privateReplyWithin: null,
    messageLimit: { most: 10_000, unit: 'characters' },
    commentLimit: null,
  },
  bluesky: {
    canSend: false,
    needsPageId: false,
    replyWindow: null,
    privateReplyWithin: null,
    // lexicons/chat/bsky/convo/defs.json of bluesky-social/atproto.
    messageLimit: { most: 1_000, unit: 'characters' },
    commentLimit: null,
  },
};

/** How long a text may be that answers so; null where the platform takes no such answer. */
export function limitOf(platform: Platform, action: ActionType): TextLimit | null {
  const row = PLATFORM_TABLE[platform];
  return action === 'comment_reply' ? row.commentLimit : row.messageLimit;
}

/** The size of a text as a limit counts it. */
export function sizeIn({ unit }: TextLimit, text: string): number {
  return unit === 'characters' ? Array.from(text).length : Buffer.byteLength(text, 'utf8');
}

/** By how much a text is too long for the platform, as a sentence; null when it fits. */
export function tooLong(platform: Platform, action: ActionType, text: string): string | null {
  const limit = limitOf(platform, action);
  if (!limit) return null;
  const size = sizeIn(limit, text);
  return size <= limit.most ? null : `${size} ${limit.unit}; ${platform} takes ${limit.most}`;
}
