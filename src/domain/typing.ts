/** The conversation of a contact, or a comment, that a person is writing a reply to. */
export type TypingAbout =
  { readonly account: string; readonly contactId: string } | { readonly eventId: string };

/** A text that a person is typing, and has not sent. */
export interface Typing {
  /** Name of the person's token. */
  readonly by: string;
  /** Random id of the page in which it is typed: several people may use one token. */
  readonly page: string;
  readonly text: string;
}
