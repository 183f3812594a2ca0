import { formatDuration } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Objects if this contact already got the maximum number of replies. */
export const perContactLimit: Guard = {
  name: 'per-contact limit',
  onlyWhenDeciding: true,
  ask({ confirmsOptOut, continues, contactId }, { recentAnswers, now }, { perContact }) {
    if (confirmsOptOut || continues || contactId === '') return null;
    const counted = recentAnswers.filter((at) => at > now - perContact.per).length;
    if (counted < perContact.replies) return null;
    const limit = `${perContact.replies} in ${formatDuration(perContact.per)}`;
    return { reason: 'per_contact_limit', note: `${counted} replies; at most ${limit}` };
  },
};
