import { z } from 'zod';
import { LIMITS } from '../domain/limits.js';
import { says, section } from '../yaml/shape.js';
import { LANGUAGE_KEYS, template } from './reply-schema.js';

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _-]*$/u;

export const savedReplySchema = z.union(
  [
    template,
    section({ text: template.optional().describe('The text, a Liquid template.'), ...LANGUAGE_KEYS }),
  ],
  { error: 'is neither a text nor a block with text or languages' },
);

const name = z
  .string()
  .max(100)
  .refine(
    (each) => NAME.test(each),
    says(
      'is not the name of a saved reply: letters, digits, spaces, - and _ only',
      'Write a short name: opening hours.',
    ),
  );

export const savedRepliesSchema = z
  .record(name, savedReplySchema)
  .describe('Named texts for replies by hand, in the dashboard and with reply --saved NAME.');

/** The names, without the texts, which are checked one by one. */
export const savedNamesSchema = z
  .record(name, z.unknown())
  .refine(
    (replies) => Object.keys(replies).length <= LIMITS.savedReplies,
    says(`has more than ${LIMITS.savedReplies} texts`, 'Remove those that nobody uses.'),
  );
