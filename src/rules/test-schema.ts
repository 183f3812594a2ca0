import { z } from 'zod';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import type { ActionType } from '../domain/rule.js';
import { says, section } from '../yaml/shape.js';
import { text } from '../yaml/values.js';

const AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/u;

function isInstant(value: string): boolean {
  return AT.test(value) && !Number.isNaN(Date.parse(value));
}

const eventSchema = section({
  platform: z.enum(PLATFORMS).optional().describe('Where it was written.'),
  account: text().optional().describe('The name of the account that got it.'),
  kind: z.enum(EVENT_KINDS).optional().describe('message, the default, or comment.'),
  on: z.enum(EVENT_KINDS).optional().describe('The same as kind.'),
  text: z.string().describe('What was written.'),
  at: z
    .string()
    .refine(
      isInstant,
      says('is no point in time', 'Write date, time and offset: "2026-11-24T10:00:00+01:00".'),
    )
    .optional()
    .describe('When, with the offset from UTC.'),
  contact: section({
    id: text().optional().describe('The id of the contact on the platform.'),
    name: z.string().optional().describe('The name that the contact shows.'),
    username: z.string().optional().describe('The user name of the contact.'),
  })
    .optional()
    .describe('Who wrote it.'),
  post: text().optional().describe('The post under which the comment stands; makes the event a comment.'),
  is_reply: z.boolean().optional().describe('true: the comment answers another comment.'),
});
export type RawEvent = z.output<typeof eventSchema>;

const textExpectation = z.union(
  [
    z.string(),
    section({
      equals: z.string().optional().describe('The text is exactly this.'),
      contains: z.string().optional().describe('The text has this in it.'),
      matches: text().optional().describe('The text matches this regular expression.'),
    }),
  ],
  { error: 'is neither a text nor a block with equals, contains or matches' },
);
export type RawTextExpectation = z.output<typeof textExpectation>;

const expectSchema = z.union(
  [
    z.literal('silent'),
    section({
      rule: text().optional().describe('The rule that acts.'),
      reason: text().optional().describe('The reason that the journal shows.'),
      reply: textExpectation.optional().describe('The answer to the message.'),
      private_reply: textExpectation.optional().describe('The message to the author of the comment.'),
      comment_reply: textExpectation.optional().describe('The public answer.'),
    } satisfies Record<'rule' | 'reason' | ActionType, z.ZodType>),
  ],
  { error: 'is neither `silent` nor a block with rule, reason or an answer' },
);

export const testSchema = section({
  name: text().describe('What the test promises.'),
  event: eventSchema.optional().describe('The message or comment that comes in.'),
  events: z
    .array(eventSchema)
    .min(1)
    .max(100)
    .optional()
    .describe('Several, in this order; the last one counts.'),
  expect: expectSchema.describe('silent, or what shall happen.'),
});
export type RawTest = z.output<typeof testSchema>;
