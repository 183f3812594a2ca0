import type { Instant } from './time.js';

/** Platforms whose messages the API lists. Rows of any other platform are skipped. */
export const PLATFORMS = ['bluesky', 'facebook', 'instagram', 'twitter'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const EVENT_KINDS = ['message', 'comment'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Author of a message: the contact, the connected account (this program or a human), or unknown. */
export type Direction = 'incoming' | 'outgoing' | 'unknown';

export interface Contact {
  /** The platform's own id of the person: stable, and the address of a send. */
  readonly id: string;
  readonly name: string | null;
  readonly username: string | null;
}

/** A message or comment listed by the API, in normalised form. */
export interface InboundEvent {
  /** `message:<Blotato id>` or `comment:<Blotato id>`: the key in the journal. */
  readonly id: string;
  readonly kind: EventKind;
  readonly platform: Platform;
  /** Name of the configured account; null if no conversation tells which account the message belongs to. */
  readonly account: string | null;
  /** The API's id of the message or comment. */
  readonly sourceId: string;
  readonly conversationId: string | null;
  readonly contact: Contact;
  readonly text: string;
  /** Time of writing, by the API's clock. */
  readonly at: Instant;
  readonly direction: Direction;
  readonly comment: CommentFields | null;
}

export interface CommentFields {
  readonly postId: string | null;
  readonly platformPostId: string | null;
  /** The platform's own id of the comment: the address of a private reply. */
  readonly platformCommentId: string | null;
  /** Id of the comment to which the comment replies; null if it is not a reply. */
  readonly parentId: string | null;
}

/** The post of a comment, by Blotato's id or else the platform's; null for a message. */
export function postOf({ comment }: InboundEvent): string | null {
  return comment?.postId ?? comment?.platformPostId ?? null;
}

export function isPlatform(name: string): name is Platform {
  return (PLATFORMS as readonly string[]).includes(name);
}
