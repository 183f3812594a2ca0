import { DAY, MINUTE, SECOND } from './time.js';

/** Every bound of the program that no user sets, in one place. Times in milliseconds, sizes in characters. */
export const LIMITS = {
  /** A message longer than this is matched by its beginning only: one code point can fold to 18. */
  matchedText: 20_000,
  /** What regular expressions see of a message: no platform lets a contact write more (X: 10 000). */
  searchedText: 10_000,
  keywordLength: 200,
  regexLength: 500,
  keywordsPerRule: 2_000,
  rulesPerSet: 100_000,
  ruleFileBytes: 16 * 1024 * 1024,
  /** Rules that do not apply, in the trace of one event. */
  tracedRules: 30,
  /** Nobody who writes on and on waits longer than this many times `settle`, … */
  settleRounds: 5,
  /** … nor for more messages than this. */
  settledMessages: 20,
  renderedText: 10_000,
  /** Rounds of loops and parts of a template, counted as they are rendered: some hundred milliseconds at most. */
  renderSteps: 50_000,
  requestTimeout: 20 * SECOND,
  pageSize: 250,
  pagesPerWalk: 400,
  conversationPages: 4,
  /** After this many failures in a row the other conversations of a poll are not tried. */
  conversationFailures: 3,
  /** How long a message waits for a conversation that cannot be read: longer than any platform lets us answer. */
  heldMost: 8 * DAY,
  /** Pages of a walk that may follow each other without a row that is older than all before. */
  pagesWithoutProgress: 20,
  /** Empty pages with a page token that a walk reads on from. */
  emptyPages: 3,
  /** How often the list of accounts is read, so that one that is gone is noticed within ten minutes. */
  accountsEvery: 5 * MINUTE,
  /** How often Blotato's own automations are read, and how many pages of them. */
  automationsEvery: DAY,
  automationPages: 20,
  shutdown: 10 * SECOND,
  /** How far back answers to a contact are remembered for the limits on them. */
  answerMemory: 30 * DAY,
  /**
   * By how much a minute of the budgets is longer than a minute: calls do not all travel equally fast, so that those of
   * just over a minute may arrive within one, and the API would refuse the last.
   */
  minuteMargin: SECOND,
  /** Two clocks date a question and its answer: an answer that seems so much older is still one. */
  clockSkew: 10 * SECOND,
  confirmFor: 60 * MINUTE,
  /** The longest time that somebody can mean; beyond some, dates end. */
  longestTime: 36_500 * DAY,
  retryAfterMost: 10 * MINUTE,
  backoffFirst: 2 * SECOND,
  backoffMost: 5 * MINUTE,
} as const;
