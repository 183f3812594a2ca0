import type { Instant } from '../domain/time.js';
import { type Diagnosis, fine } from './diagnosis.js';

interface Answered {
  readonly account: string;
  readonly contactsAnswered: number;
}

/** Active contacts that the plans allow a month (Blotato's pages, 2026). */
const PLANS = 'plans have 1,000, 6,000 or 15,000 active contacts a month';

/** The first moment of the month, in UTC. */
export function monthOf(now: Instant): Instant {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** How many contacts were answered this month, which count against the plan; those of other tools are not known here. */
export function examineContacts(answered: readonly Answered[]): Diagnosis {
  const total = answered.reduce((sum, { contactsAnswered }) => sum + contactsAnswered, 0);
  const some = answered.filter(({ contactsAnswered }) => contactsAnswered > 0);
  const each = some.map(({ account, contactsAnswered: n }) => `${account} ${n.toLocaleString('en')}`);
  const by = some.length > 1 ? ` (${each.join(', ')})` : '';
  const who = total === 1 ? '1 contact was answered' : `${total.toLocaleString('en')} contacts were answered`;
  return fine('contacts', `${who} this month${by}; ${PLANS}, counted by account`);
}
