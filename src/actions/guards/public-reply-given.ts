import type { Guard } from './guard.js';

/** Has the comment its public answer already? Platforms may report one comment twice, under two ids of Blotato. */
export const publicReplyGiven: Guard = {
  name: 'no public answer yet',
  ask({ actions }, { publicReplyHeldBy = null }) {
    if (!actions.includes('comment_reply') || publicReplyHeldBy === null) return null;
    const note = `the comment is listed twice, and rule ${publicReplyHeldBy} has answered it publicly`;
    return { reason: 'cooldown', note, against: 'comment_reply' };
  },
};
