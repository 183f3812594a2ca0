import type { Guard } from './guard.js';

/** Has another rule of ours spent the comment's one private reply? */
export const privateReplyUsed: Guard = {
  name: 'private reply unspent',
  ask({ actions }, { privateReplyHeldBy }) {
    if (!actions.includes('private_reply') || privateReplyHeldBy === null) return null;
    const note = `rule ${privateReplyHeldBy} holds it`;
    return { reason: 'private_reply_used', note, against: 'private_reply' };
  },
};
