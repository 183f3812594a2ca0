import { DAY, MINUTE, SECOND } from './time.js';

/** All bounds that users cannot configure. Times in milliseconds, sizes in characters. */
export const LIMITS = {
  /** Time for which an open handoff is shown to the owner. */
  handoffShown: 7 * DAY,
  /** Maximum length of the matched beginning of a message, before folding: one code point can fold to 18. */
  matchedText: 20_000,
  /**
   * Maximum length of a message that regular expressions search: no platform lets a contact write more (X: 10
   * 000).
   */
  searchedText: 10_000,
  keywordLength: 200,
  regexLength: 500,
  keywordsPerRule: 2_000,
  /** Maximum number of examples of a rule, and of messages in its `not`. */
  examplesPerRule: 200,
  fewestExamples: 3,
  exampleLength: 300,
  /** Maximum number of words of a message that are compared with examples. */
  comparedWords: 100,
  rulesPerSet: 100_000,
  /** Maximum number of saved replies of a file: the dashboard renders all of them for a contact. */
  savedReplies: 200,
  ruleFileBytes: 16 * 1024 * 1024,
  /** Maximum number of lexemes: such a YAML file takes 700 MB of memory. */
  yamlLexemes: 2_000_000,
  /** Maximum number of anchors, aliases and tags together. */
  yamlAliases: 10_000,
  /** Maximum number of nodes that all aliases of a file stand for. */
  yamlExpanded: 20_000,
  /** Maximum number of open lists and blocks; a funnel in a rule file has about three per level. */
  yamlDepth: 200,
  /** Maximum length of a value: more than any that is used, so that the rest of a file is not read as one. */
  yamlValue: 1_000_000,
  /** Maximum number of values, of open lists and blocks, and of characters of a text in an imported JSON file. */
  jsonValues: 1_000_000,
  jsonDepth: 100,
  jsonText: 1_000_000,
  /** Maximum number of rules that one import makes. */
  importedRules: 20_000,
  /** Maximum numbers of rows and bytes of a FAQ table of a rule. */
  tableRows: 20_000,
  tableBytes: 8 * 1024 * 1024,
  /** Maximum number of errors reported for one table. */
  tableErrors: 20,
  tableEveryLeast: 10 * SECOND,
  /** Maximum number of rules that do not apply in the stored trace of one event. */
  tracedRules: 30,
  /** Largest set of which the journal keeps every rule: each takes some 150 bytes for a message that no rule answers. */
  fewRules: 10,
  /** Maximum wait for the reply to a contact who keeps writing, as a multiple of `settle`. */
  settleRounds: 5,
  /** Maximum number of messages of a contact who keeps writing that are decided together (`settle`). */
  settledMessages: 20,
  /** Earlier messages of a contact of which one may show the language. */
  earlierTexts: 5,
  renderedText: 10_000,
  /** Time for which others see a text after its last key. */
  typingFor: MINUTE,
  /** Maximum number of texts that others are typing shown in a conversation. */
  typingShown: 5,
  /** Loop iterations and parts of a template, counted while rendering: some hundred milliseconds at most. */
  renderSteps: 50_000,
  requestTimeout: 20 * SECOND,
  pageSize: 250,
  pagesPerWalk: 400,
  /**
   * While a walk is incomplete, the freshest conversations are read alone and decided: this many at a time, after its
   * page `earlyFirst` and then every `earlyEvery` pages, each with at most `earlyPages` requests. So they take at most
   * a third of the requests of a long walk, and a walk of two pages, which ends as soon, makes none.
   */
  earlyConversations: 4,
  earlyFirst: 2,
  earlyEvery: 16,
  earlyPages: 2,
  conversationPages: 4,
  /** Number of failures in a row after which a poll skips the remaining conversations. */
  conversationFailures: 3,
  /**
   * Time that a message waits for a conversation that cannot be read: longer than any platform allows a
   * reply.
   */
  heldMost: 8 * DAY,
  /** A walk is abandoned after this many consecutive pages without a row older than all earlier ones. */
  pagesWithoutProgress: 20,
  /** Maximum number of consecutive empty pages with a page token after which a walk still continues. */
  emptyPages: 3,
  /** Interval of reading the list of accounts, so that a missing one is noticed within ten minutes. */
  accountsEvery: 5 * MINUTE,
  /** Interval of reading Blotato's own automations, and the maximum number of pages. */
  automationsEvery: DAY,
  automationPages: 20,
  shutdown: 10 * SECOND,
  /** Length from which a secret is removed from the log: a shorter one would remove parts of ordinary words. */
  shortestSecret: 8,
  /** Age up to which replies to a contact count for the limits per contact. */
  answerMemory: 30 * DAY,
  /**
   * Margin added to each minute of the budgets: requests take unequal time to arrive, so calls made in just
   * over a minute may arrive within one, and the API would refuse the last.
   */
  minuteMargin: SECOND,
  /**
   * Two clocks date question and answer, so an answer with a time up to this long before its question still
   * counts.
   */
  clockSkew: 10 * SECOND,
  confirmFor: 60 * MINUTE,
  /** Maximum duration in the configuration; much longer ones would exceed the range of dates. */
  longestTime: 36_500 * DAY,
  retryAfterMost: 10 * MINUTE,
  backoffFirst: 2 * SECOND,
  backoffMost: 5 * MINUTE,
} as const;
