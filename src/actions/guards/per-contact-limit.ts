import { formatDuration } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Has this contact had enough? Breaks loops between two automatic partners. */
export const perContactLimit: Guard = {
  name: 'per-contact limit',
  onlyWhenDeciding: true,
  ask({ confirmsOptOut, contactId }, { recentAnswers }, { perContact }) {
    if (confirmsOptOut || contactId === '' || recentAnswers.length < perContact.replies) return null;
    const limit = `${perContact.replies} in ${formatDuration(perContact.per)}`;
    return { reason: 'per_contact_limit', note: `${recentAnswers.length} answers; at most ${limit}` };
  },
};
