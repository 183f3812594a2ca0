import { PLATFORM_TABLE } from '../../domain/platforms.js';
import type { Guard, GuardSubject, Objection } from './guard.js';

type Subject = Pick<
  GuardSubject,
  'platform' | 'actions' | 'kind' | 'contactId' | 'platformCommentId' | 'hasPost'
>;

/** Objects if the API cannot send this kind of reply on the platform. */
export const platformCannotSend: Guard = {
  name: 'platform can send',
  ask: (subject) => cannotSend(subject),
};

/** The objection if the API cannot send a reply of this kind. */
export function cannotSend({
  platform,
  actions,
  kind,
  contactId,
  platformCommentId,
  hasPost,
}: Subject): Objection | null {
  const row = PLATFORM_TABLE[platform];
  if (!row.canSend)
    return { reason: 'platform_cannot_send', note: `the API has no send target for ${platform}` };
  if (kind === 'message') return null;
  if (row.privateReplyWithin === null) {
    return { reason: 'platform_cannot_send', note: `${platform} does not allow replies to comments` };
  }
  if (actions.includes('private_reply') && (contactId === '' || platformCommentId === null)) {
    return {
      reason: 'platform_cannot_send',
      note: 'the API returns no author or no platform id for this comment',
    };
  }
  if (actions.includes('comment_reply') && !hasPost) {
    const note = 'Blotato has no record of the post (`postId` is null), which a public reply must name';
    return { reason: 'platform_cannot_send', note, against: 'comment_reply' };
  }
  return null;
}
