import { z } from 'zod';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { CERTAINTIES, LANGUAGES } from '../domain/meaning.js';
import { MODES } from '../domain/mode.js';
import { MATCH_MODES } from '../domain/rule.js';
import { DAY } from '../domain/time.js';
import { formed, says, section } from '../yaml/shape.js';
import { duration, millis, settleSchema, text } from '../yaml/values.js';
import { conditionSchema } from './condition-schema.js';
import { groupsSchema } from './groups.js';
import { publicReplySchema, replySchema } from './reply-schema.js';
import { EFFECT_KEYS, FUNNEL_KEYS } from './step-schema.js';
import { savedRepliesSchema } from './saved-schema.js';
import { testSchema } from './test-schema.js';

const keywordList = z.array(text().max(LIMITS.regexLength)).min(1).max(LIMITS.keywordsPerRule);

const exampleList = z.array(text().max(LIMITS.exampleLength)).max(LIMITS.examplesPerRule);

/** The keys of a keyword condition, in a rule and in `params` of the `keywords` fact. */
export const KEYWORD_KEYS = {
  any: keywordList.optional().describe('Keywords of which at least one must occur.'),
  all: keywordList.optional().describe('Keywords that must all occur.'),
  none: keywordList.optional().describe('Keywords of which none may occur.'),
  match: z
    .enum(MATCH_MODES)
    .optional()
    .describe('How a keyword is matched. word, the default: as whole words.'),
  typos: z
    .union([z.literal(0), z.literal(1), z.literal(2)], { error: 'is neither 0, 1 nor 2' })
    .optional()
    .describe('Typing errors to tolerate in each keyword, 0 to 2. Only with match: word.'),
  case_sensitive: z.boolean().optional().describe('true: upper and lower case differ.'),
  accents: z.boolean().optional().describe('true: accents count, so that ete is not été.'),
  in: z
    .enum(['text', 'words'])
    .optional()
    .describe('words: links, addresses and mentions are ignored. text, the default: the whole text.'),
  attached: z
    .boolean()
    .optional()
    .describe(
      'false: a word with an Arabic or Korean prefix or particle attached is another word. Only with match: word.',
    ),
};

const keywords = z.union([keywordList, section(KEYWORD_KEYS)], {
  error: 'is neither a list of keywords nor a block with any, all or none',
});
export type RawKeywords = z.output<typeof keywords>;

const cooldown = z.union([z.literal('forever'), duration()], {
  error: 'is neither a length of time nor forever',
});
const oncePer = z.union(
  [
    z.literal(false),
    duration(),
    section({
      contact: cooldown.optional().describe('Once per contact in this time.'),
      conversation: cooldown.optional().describe('Once per conversation in this time.'),
      closing: text().optional().describe('Once per contact and closing of this calendar.'),
      handle: text().max(100).optional().describe('A name: rules with the same one share their memory.'),
      post: cooldown.optional().describe('Once per contact and post in this time. Only in comment rules.'),
    }),
  ],
  { error: 'is neither a length of time, a block such as { contact: 1h }, nor false' },
);
export type RawOncePer = z.output<typeof oncePer>;

/** Every key of a rule except its id; `defaults` has the same. */
const RULE_KEYS = {
  on: z.enum(EVENT_KINDS).optional().describe('What the rule replies to: message or comment.'),
  platforms: z
    .array(z.enum(PLATFORMS))
    .min(1)
    .optional()
    .describe('The platforms to which the rule is limited.'),
  accounts: z
    .array(text())
    .min(1)
    .optional()
    .describe('The accounts to which the rule is limited, by their names in config.yaml.'),
  posts: z
    .array(text())
    .min(1)
    .optional()
    .describe(
      'The posts to which the rule is limited: ids of Blotato or of the platform, in quotes; next: the first post after the rule went live.',
    ),
  keywords: keywords
    .optional()
    .describe('Keywords that the text must contain: a list, or any, all, none and options.'),
  examples: exampleList
    .min(LIMITS.fewestExamples)
    .optional()
    .describe('Messages that the rule is meant for, 3 to 200. Messages that resemble them match too.'),
  not: exampleList
    .min(1)
    .optional()
    .describe('Messages that resemble the examples but that the rule is not meant for.'),
  certainty: z
    .enum(CERTAINTIES)
    .optional()
    .describe('How much a message must resemble the examples: careful (the default), normal or bold.'),
  language: z
    .union([z.enum(LANGUAGES), z.array(z.enum(LANGUAGES)).min(1)], {
      error: `is none of ${LANGUAGES.join(', ')}`,
    })
    .optional()
    .describe('Language of the examples, or a list. Default: detected from the examples.'),
  when: conditionSchema.optional().describe('Further conditions, in the format of json-rules-engine.'),
  priority: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .optional()
    .describe(
      'Rules with a higher priority come first; the default is 0. Ties: file name, then position in the file. Rules with examples come after rules with keywords unless they have a priority.',
    ),
  reply: replySchema.optional().describe('The reply to a message.'),
  private_reply: replySchema.optional().describe('A message to the author of a comment: one per comment.'),
  comment_reply: publicReplySchema.optional().describe('A public reply under a comment.'),
  ...EFFECT_KEYS,
  ...FUNNEL_KEYS,
  once_per: oncePer
    .optional()
    .describe(
      'At most one reply in this time. Default: { contact: 1h } for messages, { post: forever } for comments.',
    ),
  silent: z
    .boolean()
    .optional()
    .describe(
      'true: the rule ends the search and sends nothing; it may still tag, set, call a webhook or hand off.',
    ),
  continue: z.boolean().optional().describe('true: rules after this one may act as well.'),
  enabled: z.boolean().optional().describe('false: the rule is checked, but never applies.'),
  settle: settleSchema(),
  mode: z
    .enum(MODES)
    .optional()
    .describe(
      'shadow: this rule decides and sends nothing. approve: its replies wait for a person. The default is shadow with examples, otherwise live.',
    ),
};

/** Keys shared by all rules of a file. */
export const defaultsSchema = section(RULE_KEYS);

const answers = section({
  from: text()
    .max(2_000)
    .describe('A CSV file in the folder of the rule file or below, or an https address of one.'),
  every: duration(DAY)
    .refine(
      (value) => millis(value) >= LIMITS.tableEveryLeast,
      says('is too short; the minimum is 10s', 'Write 5m, for example.'),
    )
    .optional()
    .describe('How often an address is read again, 10s to 1d. Default: 5m. A file is read when it changes.'),
});

/** Schema of a rule, before defaults are applied. */
export const ruleSchema = section({
  id: formed(
    z.string().max(100),
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/u,
    'is not an id: letters, digits, - and _ only, a letter or digit first',
    'Write it as one word: gift-cards.',
  ).describe('The name of the rule. Its cooldowns depend on it.'),
  answers: answers
    .optional()
    .describe('A FAQ table: each row becomes a rule ID/ROW with the other keys of this one.'),
  ...RULE_KEYS,
});
export type RawRule = z.output<typeof ruleSchema>;

/** The keys that a row of a FAQ table gives to its rule. One question is enough: a table rarely has three. */
export const rowSchema = section({
  ...{ platforms: RULE_KEYS.platforms, accounts: RULE_KEYS.accounts, keywords: RULE_KEYS.keywords },
  examples: exampleList.min(1).optional(),
  ...{ language: RULE_KEYS.language, priority: RULE_KEYS.priority, tag: RULE_KEYS.tag },
  ...{ reply: RULE_KEYS.reply, private_reply: RULE_KEYS.private_reply, enabled: RULE_KEYS.enabled },
});
export type RawDefaults = z.output<typeof defaultsSchema>;

/** The file without its rules and tests, which are checked one by one. */
export const rulesFrameSchema = section({
  version: z.literal(1),
  groups: z.unknown().optional(),
  defaults: z.unknown().optional(),
  rules: z.array(z.unknown()).max(LIMITS.rulesPerSet).optional(),
  saved_replies: z.unknown().optional(),
  tests: z.array(z.unknown()).optional(),
});

/** Schema of a whole rule file, for the published JSON Schema. */
export const rulesFileSchema = section({
  version: z.literal(1).describe('The version of this format.'),
  groups: groupsSchema.optional(),
  defaults: defaultsSchema.optional().describe('Default keys of every rule of this file.'),
  rules: z.array(ruleSchema).optional().describe('The rules.'),
  saved_replies: savedRepliesSchema.optional(),
  tests: z.array(testSchema).optional().describe('The expected decisions, for `autoresponder test`.'),
});
