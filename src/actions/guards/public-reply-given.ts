import type { Guard } from './guard.js';

/**
 * Objects if the comment already has its public reply. Platforms may report one comment twice, under two ids
 * of Blotato.
 */
export const publicReplyGiven: Guard = {
  name: 'no public reply yet',
  onlyAutomatic: true,
  ask({ actions }, { publicReplyHeldBy = null }) {
    if (!actions.includes('comment_reply') || publicReplyHeldBy === null) return null;
    const note = `the comment is listed twice, and rule ${publicReplyHeldBy} has replied to it publicly`;
    return { reason: 'cooldown', note, against: 'comment_reply' };
  },
};
