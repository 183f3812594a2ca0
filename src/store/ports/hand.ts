import type { CommentTarget, HandCommentReply, HandReply, HandTarget } from '../../domain/hand-reply.js';
import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';

/** Writer of a message or comment. `rule`: this program; `human`: a human of the account, here or in an app. */
export type Writer = 'contact' | 'rule' | 'human' | 'unknown';

/** Replies that people write. Every method is one transaction. */
export interface HandStore {
  /** The account and the contact of a conversation; null if no message of it is in the journal. */
  conversationPeople(id: string): Promise<{ readonly account: string; readonly contactId: string } | null>;
  /** Writers of events of the journal, by event id. */
  writersOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, Writer>>;
  /** The newest decided message of a contact; null if there is no such message. */
  handTarget(account: string, contactId: string): Promise<HandTarget | null>;
  /**
   * Puts a reply by hand into the outbox, and ends the drafts for the contact. From then on automatic replies pause
   * as after any message of a human. `changed`: another version than the reply names.
   */
  writeByHand(reply: HandReply, now: Instant): Promise<Send | 'changed' | 'unknown'>;
  /** A decided comment of a contact; null if there is no such comment. */
  commentTarget(eventId: string): Promise<CommentTarget | null>;
  /**
   * Puts a reply to a comment into the outbox. Ends the drafts for its author and stops the automatic replies to the
   * comment that wait. `used`: another send holds the only private reply.
   */
  writeToComment(reply: HandCommentReply, now: Instant): Promise<Send | 'changed' | 'unknown' | 'used'>;
}
