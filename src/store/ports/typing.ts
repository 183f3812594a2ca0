import type { Instant } from '../../domain/time.js';
import type { Typing, TypingAbout } from '../../domain/typing.js';

/**
 * Texts that people are typing, for others who look at the same conversation. They are no part of the journal, and
 * `LIMITS.typingFor` after the last key they are no longer returned. Every method is one transaction.
 */
export interface TypingStore {
  /**
   * Replaces the text of a page; an empty one deletes it. Returns false if nothing decided of the contact is stored,
   * as after `contacts forget`: then the text is not stored either.
   */
  saveTyping(about: TypingAbout, typing: Typing, now: Instant): Promise<boolean>;
  /** The texts about a conversation or a comment, by name; at most `LIMITS.typingShown`. */
  typing(about: TypingAbout, now: Instant): Promise<readonly Typing[]>;
}
