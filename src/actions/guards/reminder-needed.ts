import type { Guard } from './guard.js';

/** Objects to a reminder once the contact has written. */
export const reminderNeeded: Guard = {
  name: 'reminder needed',
  ask({ reminds, eventAt }, { lastInboundAt }) {
    if (reminds !== true || lastInboundAt === null || lastInboundAt <= eventAt) return null;
    return { reason: 'superseded', note: 'the contact wrote before the reminder was sent' };
  },
};
