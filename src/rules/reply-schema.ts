import { z } from 'zod';
import { LIMITS } from '../domain/limits.js';
import { type Language, LANGUAGES } from '../domain/meaning.js';
import { AFTER_PRIVATE } from '../domain/rule.js';
import { DAY, parseDuration } from '../domain/time.js';
import { says, section } from '../yaml/shape.js';
import { text } from '../yaml/values.js';
import { buttonsSchema } from './buttons.js';

const DELAY_FIX = 'Write 20s, or 20s..60s for a random delay between the two; one day at most.';
const LONGEST_DELAY = DAY;

/**
 * Parses `20s` or `20s..60s`. Returns undefined for anything else, and if the first time is longer than the
 * second.
 */
export function parseDelay(value: string): { from: number; to: number } | undefined {
  const [first = '', last = first, ...rest] = value.split('..');
  const from = parseDuration(first);
  const to = parseDuration(last);
  if (rest.length > 0 || from === undefined || to === undefined || from > to || to > LONGEST_DELAY)
    return undefined;
  return { from, to };
}

export const template = text().max(LIMITS.renderedText);

const SEVERAL = z.array(template).min(1).max(100).describe('Several texts, of which one is chosen.');
const languageKey = z
  .union([template, section({ one_of: SEVERAL })], { error: 'is neither a text nor a block with one_of' })
  .meta({ id: 'text_in_language' })
  .optional()
  .describe('The text for contacts who write in this language.');

/** The same text by the language of the contact: `{ fr: …, en: …, default: en }`. */
export const LANGUAGE_KEYS = {
  ...(Object.fromEntries(LANGUAGES.map((each) => [each, languageKey])) as Record<
    Language,
    typeof languageKey
  >),
  default: z
    .enum(LANGUAGES)
    .optional()
    .describe('The language in doubt, and of contacts who write in another one.'),
};
export type RawLanguages = z.output<ReturnType<typeof section<typeof LANGUAGE_KEYS>>>;

export const REPLY_KEYS = {
  text: template.optional().describe('The text, a Liquid template.'),
  one_of: z.array(template).min(1).max(100).optional().describe('Several texts, of which one is chosen.'),
  delay: z
    .string({ error: 'is no delay: write a number and a unit, such as 20s, or 20s..60s' })
    .refine((value) => parseDelay(value) !== undefined, says('is no delay', DELAY_FIX))
    .optional()
    .describe('How long to wait before sending: 20s, or between two times: 20s..60s.'),
  ...LANGUAGE_KEYS,
};
/** The keys of a direct message. */
export const MESSAGE_KEYS = { ...REPLY_KEYS, buttons: buttonsSchema.optional() };
const NO_REPLY = { error: 'is neither a text nor a block with text, one_of or languages' };

export const replySchema = z.union([template, section(MESSAGE_KEYS)], NO_REPLY);
export type RawReply = z.output<typeof replySchema>;

export const publicReplySchema = z.union(
  [
    template,
    section({
      ...REPLY_KEYS,
      when: z
        .enum(AFTER_PRIVATE)
        .optional()
        .describe(
          'sent, the default: once the private reply has arrived. always: after it, whatever its outcome. first: before it.',
        ),
      otherwise: template
        .optional()
        .describe('The text instead when the private reply was refused or stopped. Only with when: sent.'),
    }),
  ],
  NO_REPLY,
);
export type RawPublicReply = z.output<typeof publicReplySchema>;
