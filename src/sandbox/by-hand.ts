import type { Clock, Instant, Millis } from '../domain/time.js';
import { ownId } from './rows.js';
import type { Post, SandboxAccount, SandboxContact, StoredComment, StoredMessage } from './rows.js';
import type { World } from './world.js';

/** Default post of comments, per account: `501` for the first, `502` for the second. */
const FIRST_POST = 501;

export interface ReceiveInput {
  /** Name or Blotato id of the account. */
  readonly account: string;
  /** The author; a bare string is the id of a person without a name. */
  readonly contact: SandboxContact | string;
  readonly text: string;
  /** Time of writing; in the past for a late arrival. Default: now. */
  readonly at?: Instant;
  /** Delay until lists show it. Default: 0. */
  readonly visibleAfter?: Millis;
}

export interface CommentInput extends ReceiveInput {
  /**
   * Blotato's id of the post, which is created if unknown; null for a post that was not made with Blotato.
   */
  readonly post?: string | null;
  /** Blotato's id of the comment that it replies to. */
  readonly parent?: string;
  /**
   * The platform's id of the comment. If another comment has the id, both rows are the same comment, reported
   * twice. @default a new one
   */
  readonly platformCommentId?: string;
}

export interface HumanCommentInput {
  readonly account: string;
  /** Blotato's id of the comment that it replies to; if absent, a comment of the account on `post`. */
  readonly parentCommentId?: string;
  readonly post?: string | null;
  readonly text: string;
  readonly at?: Instant;
}

/** Adds a message that did not come through the API: a contact's, or one that the shop wrote in the app. */
export function writeMessage(
  world: World,
  clock: Clock,
  input: ReceiveInput & { readonly direction: 'incoming' | 'outgoing' },
): StoredMessage {
  const now = clock();
  const { text, direction, at = now, visibleAfter = 0 } = input;
  const conversation = world.openConversation(world.account(input.account), input.contact);
  return world.addMessage({
    conversation,
    direction,
    text,
    at,
    visibleFrom: now + visibleAfter,
    delivery: null,
  });
}

/** Adds a contact's comment. Throws if `parent` is unknown or the post belongs to another account. */
export function writeComment(world: World, clock: Clock, input: CommentInput): StoredComment {
  const now = clock();
  const { text, at = now, visibleAfter = 0, platformCommentId: platformId } = input;
  const place = placeOf(world, world.account(input.account), input);
  const authorId = world.meet(input.contact).id;
  const visibleFrom = now + visibleAfter;
  const known = platformId === undefined ? {} : { platformId };
  return world.addComment({ ...place, ...known, authorId, text, at, visibleFrom, delivery: null });
}

/** Adds a comment that the account itself wrote in the app. Throws like `writeComment`. */
export function writeOwnComment(world: World, clock: Clock, input: HumanCommentInput): StoredComment {
  const now = clock();
  const { text, at = now, parentCommentId, post } = input;
  const account = world.account(input.account);
  const place = placeOf(world, account, {
    ...(parentCommentId === undefined ? {} : { parent: parentCommentId }),
    ...(post === undefined ? {} : { post }),
  });
  return world.addComment({ ...place, authorId: ownId(account), text, at, visibleFrom: now, delivery: null });
}

function placeOf(
  world: World,
  account: SandboxAccount,
  where: { readonly post?: string | null; readonly parent?: string },
): { readonly post: Post; readonly parent: StoredComment | null } {
  if (where.parent === undefined) {
    const id = where.post === undefined ? String(FIRST_POST + world.accounts.indexOf(account)) : where.post;
    return { post: world.openPost(account, id), parent: null };
  }
  const parent = world.findComment(where.parent);
  if (parent === undefined)
    throw new Error(
      `the sandbox has no comment '${where.parent}'; fix: take the id that sandbox say printed`,
    );
  return { post: parent.post, parent };
}
