import type { Instant } from './time.js';

/** The platforms whose messages the API lists. Others may come: rows of an unknown platform are passed over. */
export const PLATFORMS = ['bluesky', 'facebook', 'instagram', 'twitter'] as const;
export type Platform = (typeof PLATFORMS)[number];

export const EVENT_KINDS = ['message', 'comment'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Who wrote a message: the contact, the connected account (we or a human), or nobody can tell. */
export type Direction = 'incoming' | 'outgoing' | 'unknown';

export interface Contact {
  /** The platform's own id of the person: stable, and what a send is addressed to. */
  readonly id: string;
  readonly name: string | null;
  readonly username: string | null;
}

/** A message or a comment that the API listed, normalised. */
export interface InboundEvent {
  /** `message:<Blotato id>` or `comment:<Blotato id>`: the journal's key. */
  readonly id: string;
  readonly kind: EventKind;
  readonly platform: Platform;
  /** The configured account's name; null when no conversation says whose message it is. */
  readonly account: string | null;
  /** The API's id of the message or comment. */
  readonly sourceId: string;
  readonly conversationId: string | null;
  readonly contact: Contact;
  readonly text: string;
  /** When it was written, by the API's clock. */
  readonly at: Instant;
  readonly direction: Direction;
  readonly comment: CommentFields | null;
}

export interface CommentFields {
  readonly postId: string | null;
  readonly platformPostId: string | null;
  /** The platform's own id of the comment, which a private reply is addressed to. */
  readonly platformCommentId: string | null;
  /** The comment that this one answers, if it is a reply. */
  readonly parentId: string | null;
}

/** The post under which a comment stands, by Blotato's id or the platform's; null for a message. */
export function postOf({ comment }: InboundEvent): string | null {
  return comment?.postId ?? comment?.platformPostId ?? null;
}

export function isPlatform(name: string): name is Platform {
  return (PLATFORMS as readonly string[]).includes(name);
}
