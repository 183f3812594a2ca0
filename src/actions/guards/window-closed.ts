import { formatDuration } from '../../domain/time.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';
import type { Guard } from './guard.js';

/**
 * Objects if the platform's window is closed. A message opens a window; a comment opens none but allows a
 * private reply.
 */
export const windowClosed: Guard = {
  name: 'window open',
  ask({ kind, platform, actions, eventAt }, { now, lastInboundAt }) {
    const row = PLATFORM_TABLE[platform];
    const opened = kind === 'message' ? Math.max(lastInboundAt ?? eventAt, eventAt) : eventAt;
    const length = kind === 'message' ? row.replyWindow : row.privateReplyWithin;
    const isBound = kind === 'message' || actions.includes('private_reply');
    if (!isBound || length === null || opened + length > now) return null;
    const age = formatDuration(now - opened);
    return {
      reason: 'window_closed',
      note: `${platform} allows ${formatDuration(length)}; the ${kind} is ${age} old`,
    };
  },
};
