import { PLATFORM_TABLE } from '../../domain/platforms.js';
import type { Guard } from './guard.js';

/** Objects if the API cannot send this kind of reply on the platform. */
export const platformCannotSend: Guard = {
  name: 'platform can send',
  ask({ platform, actions, kind, contactId, platformCommentId, hasPost }) {
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
  },
};
