import { type Draft, DRAFT_LIFE } from './draft.js';
import type { EventKind, Platform } from './event.js';
import { PLATFORM_TABLE } from './platforms.js';
import type { ActionType } from './rule.js';
import type { Instant } from './time.js';

/** The facts that a messaging window depends on. */
export interface WindowSubject {
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly actions: readonly ActionType[];
  /** Time when the message or comment was written. */
  readonly eventAt: Instant;
  /** The contact's newest message; null if they wrote none. */
  readonly lastInboundAt: Instant | null;
  /** True if a person wrote the reply. @default false */
  readonly byHuman?: boolean;
}

/** Start of the window: the newest message, or the comment, which allows a private reply. */
export function windowOpenedAt({ kind, eventAt, lastInboundAt }: WindowSubject): Instant {
  return kind === 'message' ? Math.max(lastInboundAt ?? eventAt, eventAt) : eventAt;
}

/** End of the window in which the platform accepts the replies; null if it has none. */
export function windowEndsAt(subject: WindowSubject): Instant | null {
  const { kind, platform, actions } = subject;
  const row = PLATFORM_TABLE[platform];
  if (kind === 'message' && subject.byHuman === true) {
    return humanWindowEndsAt(platform, windowOpenedAt(subject));
  }
  const length = kind === 'message' ? row.replyWindow : row.privateReplyWithin;
  const isBound = kind === 'message' || actions.includes('private_reply');
  return isBound && length !== null ? windowOpenedAt(subject) + length : null;
}

/**
 * End of the time in which a person may reply to a message by hand: longer than the window where the platform
 * has a tag for humans. Null if the platform has no window.
 */
export function humanWindowEndsAt(platform: Platform, lastInboundAt: Instant): Instant | null {
  const { replyWindow, humanWindow } = PLATFORM_TABLE[platform];
  const length = humanWindow ?? replyWindow;
  return length === null ? null : lastInboundAt + length;
}

/** Time when a draft ends unless a person approves it. */
export function draftEndsAt({ event, texts, lastInboundAt, draftedAt }: Draft): Instant {
  const { platform, at: eventAt } = event;
  const ends = texts.map(({ send: { commentId, action } }) => {
    const kind = commentId === null ? 'message' : 'comment';
    return windowEndsAt({ kind, platform, actions: [action], eventAt, lastInboundAt });
  });
  return Math.min(draftedAt + DRAFT_LIFE, ...ends.filter((end) => end !== null));
}
