import { formatInstant } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Objects if the contact opted out. */
export const optedOut: Guard = {
  name: 'not opted out',
  onlyAutomatic: true,
  ask({ confirmsOptOut }, { optedOutAt }) {
    if (optedOutAt === null || confirmsOptOut) return null;
    return { reason: 'opted_out', note: `since ${formatInstant(optedOutAt)}` };
  },
};
