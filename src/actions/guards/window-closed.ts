import { formatDuration } from '../../domain/time.js';
import { windowEndsAt, windowOpenedAt } from '../../domain/window.js';
import type { Guard } from './guard.js';

/**
 * Objects if the platform's window is closed. A message opens a window; a comment opens none but allows a
 * private reply.
 */
export const windowClosed: Guard = {
  name: 'window open',
  ask({ kind, platform, actions, eventAt, byHuman = false }, { now, lastInboundAt }) {
    const subject = { kind, platform, actions, eventAt, lastInboundAt, byHuman };
    const end = windowEndsAt(subject);
    if (end === null || end > now) return null;
    const opened = windowOpenedAt(subject);
    const age = formatDuration(now - opened);
    return {
      reason: 'window_closed',
      note: `${platform} allows ${formatDuration(end - opened)}; the ${kind} is ${age} old`,
    };
  },
};
