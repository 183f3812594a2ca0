import type { Instant } from '../domain/time.js';
import { type Diagnosis, fine } from './diagnosis.js';

interface Answered {
  readonly account: string;
  readonly contactsAnswered: number;
}

/** Active contacts per month that the plans allow (Blotato's pages, 2026). */
const PLANS = 'plans have 1,000, 6,000 or 15,000 active contacts a month';

/** Start of the month, in UTC. */
export function monthOf(now: Instant): Instant {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/**
 * Number of contacts with a reply this month, who count against the plan; contacts of other tools are not
 * included.
 */
export function examineContacts(answered: readonly Answered[]): Diagnosis {
  const total = answered.reduce((sum, { contactsAnswered }) => sum + contactsAnswered, 0);
  const some = answered.filter(({ contactsAnswered }) => contactsAnswered > 0);
  const each = some.map(({ account, contactsAnswered: n }) => `${account} ${n.toLocaleString('en')}`);
  const by = some.length > 1 ? ` (${each.join(', ')})` : '';
  const who = total === 1 ? '1 contact got a reply' : `${total.toLocaleString('en')} contacts got a reply`;
  return fine('contacts', `${who} this month${by}; ${PLANS}, counted per account`);
}
