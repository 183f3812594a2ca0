import type { Instant } from '../../domain/time.js';
import type { ContactsQuery, KnownContact } from '../contacts.js';

/** What was emptied, and for which accounts an opt-out is kept. */
export interface Forgotten {
  readonly accounts: readonly string[];
  readonly events: number;
  readonly sends: number;
}

/** Contacts and what is known of them. Every method is one transaction. */
export interface ContactStore {
  /** Who wrote or is in a funnel, in the order of account and id. */
  contacts(query: ContactsQuery): Promise<readonly KnownContact[]>;
  /** The names of all fields that contacts have. */
  contactFields(): Promise<readonly string[]>;
  /**
   * Deletes what the store holds of one person, gives up what was still to be sent to them, and keeps an opt-out for
   * each account that knew them. Null when the store knows nobody of that id.
   */
  forgetContact(contactId: string, now: Instant): Promise<Forgotten | null>;
}
