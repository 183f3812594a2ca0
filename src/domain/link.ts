import type { Place } from './rule.js';

/** A link in a text of the rules. */
export interface PlacedLink {
  /** Absolute address, http or https. */
  readonly url: string;
  /** The rule or the saved reply, as it is named in a sentence. */
  readonly of: string;
  readonly place: Place;
}

/**
 * The result of requesting a link.
 * - alive: the page exists, also if it asks for authentication or fewer requests.
 * - dead: the server says that there is no such page, or the name of the server does not exist.
 * - unclear: anything else, such as a failing server or a time limit: the next request may well succeed.
 */
export type LinkState = { readonly is: 'alive' } | { readonly is: 'dead' | 'unclear'; readonly why: string };
