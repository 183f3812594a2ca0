import type { Instant } from '../../domain/time.js';

/** A check of links: of all, or again of those that the last one found dead for the first time. */
export type LinkCheck = 'all' | 'again';

/** A link that was dead at its last check. */
export interface DeadLink {
  readonly url: string;
  /** End of the check that found it dead first. */
  readonly since: Instant;
  /** Time of the owner's notice; null while it was found dead only once. */
  readonly notedAt: Instant | null;
}

/** The result of a check, as far as it is about dead links. */
export interface LinkNews {
  /** Links that were found dead. */
  readonly dead: readonly string[];
  /** Dead links about which the owner has a notice. */
  readonly noted: readonly string[];
  /** Links that are alive again, or in no text any more. */
  readonly over: readonly string[];
}

/** The checks of links, and the links that were dead at the last one. Every method is one transaction. */
export interface LinkStore {
  /**
   * Records the start of a check, unless one of its kind began after `before`: of several workers only the first gets
   * true. A start later than `now`, from before the clock was set back, does not count.
   */
  claimLinkCheck(check: LinkCheck, now: Instant, before: Instant): Promise<boolean>;
  /** The dead links, by address. */
  deadLinks(): Promise<readonly DeadLink[]>;
  /** Stores what a check found; times that are stored already stay. */
  saveLinkNews(news: LinkNews, now: Instant): Promise<void>;
}
