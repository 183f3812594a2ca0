import type { Actor } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type { ContactsQuery, KnownContact } from './contact-views.js';

/**
 * Result of deleting a contact: the numbers of deleted texts, and the accounts for which an opt-out is kept.
 */
export interface Forgotten {
  readonly accounts: readonly string[];
  readonly events: number;
  readonly sends: number;
}

/** Contacts and their data. Every method is one transaction. */
export interface ContactStore {
  /** Contacts who wrote or are in a funnel, ordered by account and id. */
  contacts(query: ContactsQuery): Promise<readonly KnownContact[]>;
  /**
   * Contacts whose latest message has this name or username; case and a leading `@` are ignored. Reads the whole
   * journal, from its start.
   */
  contactsNamed(name: string): Promise<readonly KnownContact[]>;
  /** The names of all fields of contacts. */
  contactFields(): Promise<readonly string[]>;
  /**
   * Deletes all stored data of one person, discards the sends still waiting for them, and keeps an opt-out
   * for each account that knew them. Null if the store has no such contact.
   */
  forgetContact(contactId: string, now: Instant, actor?: Actor): Promise<Forgotten | null>;
}
