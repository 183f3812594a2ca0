import { formatInstant } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Did the contact ask for silence? */
export const optedOut: Guard = {
  name: 'not opted out',
  ask({ confirmsOptOut }, { optedOutAt }) {
    if (optedOutAt === null || confirmsOptOut) return null;
    return { reason: 'opted_out', note: `since ${formatInstant(optedOutAt)}` };
  },
};
