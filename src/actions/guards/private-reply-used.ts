import type { Guard } from './guard.js';

/** Objects if another of our rules already used the comment's only private reply. */
export const privateReplyUsed: Guard = {
  name: 'private reply unused',
  ask({ actions }, { privateReplyHeldBy }) {
    if (!actions.includes('private_reply') || privateReplyHeldBy === null) return null;
    const note = `rule ${privateReplyHeldBy} used it`;
    return { reason: 'private_reply_used', note, against: 'private_reply' };
  },
};
