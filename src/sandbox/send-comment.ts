import type { Platform } from '../domain/event.js';
import { refuse } from './response.js';
import type { Response, Call, Desk } from './response.js';
import { commentStatus, type Failure } from './delivery.js';
import { ownId, toApiComment } from './rows.js';
import type { Post, StoredComment } from './rows.js';

interface CommentBody {
  readonly postId: string;
  readonly text: string;
  readonly parentCommentId?: string;
}

/**
 * Length limits of comments (Blotato's help pages, read 2026). The API has no comments for other platforms.
 */
const CHARACTERS: Readonly<Partial<Record<Platform, number>>> = { instagram: 2_200, facebook: 8_000 };

/** Handles POST /v2/comments. */
export function sendComment(desk: Desk, call: Call): Response {
  // The shape of the body was validated against the description.
  const body = call.body as CommentBody;
  const failure = call.lateFailure ?? null;
  const post = desk.world.findPost(body.postId);
  if (post === undefined) return refuse(404, `post ${body.postId} not found`);
  const most = CHARACTERS[post.account.platform] ?? 0;
  if (Array.from(body.text).length > most) return refuse(422, `text is longer than ${most} characters`);
  if (body.parentCommentId === undefined) return accept(desk, body.text, { post, parent: null, failure });
  const parent = desk.world.findComment(body.parentCommentId);
  if (parent === undefined) return refuse(404, `comment ${body.parentCommentId} not found`);
  if (parent.post !== post) return refuse(422, `comment ${parent.id} is not on post ${body.postId}`);
  if (parent.parent !== null)
    return refuse(422, `comment ${parent.id} is a reply, and replies to replies are not accepted`);
  if (parent.isDeleted) return refuse(422, `comment ${parent.id} was deleted`);
  return accept(desk, body.text, { post, parent, failure });
}

function accept(
  desk: Desk,
  text: string,
  {
    post,
    parent,
    failure,
  }: { readonly post: Post; readonly parent: StoredComment | null; readonly failure: Failure | null },
): Response {
  const now = desk.clock();
  const comment = desk.world.addComment({
    post,
    parent,
    authorId: ownId(post.account),
    text,
    at: now,
    visibleFrom: now + desk.visibleAfter,
    delivery: { acceptedAt: now, queuedFor: desk.queuedFor, failure },
  });
  desk.sends.push({
    kind: 'comment',
    accountId: post.account.id,
    recipientId: parent?.authorId ?? null,
    text,
    commentId: null,
    postId: post.id,
    buttons: [],
    parentCommentId: parent?.id ?? null,
    at: now,
    id: comment.id,
    statusAt: (then) => commentStatus(comment, then),
  });
  return { status: 201, body: { ...toApiComment(comment, now), status: 'queued', platformCommentId: null } };
}
