import { z } from 'zod';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import type { ActionType } from '../domain/rule.js';
import { parseDuration } from '../domain/time.js';
import { says, section } from '../yaml/shape.js';
import { duration, text } from '../yaml/values.js';

const AT =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/u;

function isInstant(value: string): boolean {
  const { year, month, day } = AT.exec(value)?.groups ?? {};
  if (Number.isNaN(Date.parse(value))) return false;
  // `Date.parse` accepts 29 February of any year and turns it into 1 March.
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

const EVENT_KEYS = {
  platform: z.enum(PLATFORMS).optional().describe('The platform of the event.'),
  account: text().optional().describe('The name of the account that received the event.'),
  kind: z.enum(EVENT_KINDS).optional().describe('message, the default, or comment.'),
  on: z.enum(EVENT_KINDS).optional().describe('The same as kind.'),
  text: z.string().describe('The text of the message or comment.'),
  at: z
    .string()
    .refine(
      isInstant,
      says('is not a point in time', 'Write date, time and offset: "2026-11-24T10:00:00+01:00".'),
    )
    .optional()
    .describe('The time of writing, with the offset from UTC.'),
  contact: section({
    id: text().optional().describe('The id of the contact on the platform.'),
    name: z.string().optional().describe('The name that the contact shows.'),
    username: z.string().optional().describe('The user name of the contact.'),
  })
    .optional()
    .describe('The sender.'),
  post: text().optional().describe('The post of the comment; makes the event a comment.'),
  is_reply: z.boolean().optional().describe('true: the comment replies to another comment.'),
  from: z
    .enum(['contact', 'account'])
    .optional()
    .describe('The author: contact, the default, or account, which is a human of the shop.'),
  decided_after: duration()
    .optional()
    .describe('How long after the time of writing the program decides, such as 25h. Default: at once.'),
};

const textExpectation = z.union(
  [
    z.string(),
    section({
      equals: z.string().optional().describe('The text is exactly this.'),
      contains: z.string().optional().describe('The text contains this.'),
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
      reason: text().optional().describe('The reason in the journal.'),
      reply: textExpectation.optional().describe('The reply to the message.'),
      private_reply: textExpectation.optional().describe('The message to the author of the comment.'),
      comment_reply: textExpectation.optional().describe('The public reply.'),
      tags: z
        .array(text())
        .min(1)
        .optional()
        .describe('Tags that the contact has afterwards, these among others.'),
      fields: z
        .record(text(), z.string())
        .optional()
        .describe('Fields of the contact afterwards: a name and the whole text each.'),
      not_before: z
        .string()
        .refine(
          (value) => parseDuration(value) !== undefined || isInstant(value),
          says(
            'is neither a length of time nor a point in time',
            'Write 20s, or "2026-11-24T10:00:00+01:00".',
          ),
        )
        .optional()
        .describe(
          'Nothing is sent earlier than this: a time after the decision, such as 20s, or a point in time.',
        ),
    } satisfies Record<'rule' | 'reason' | 'tags' | 'fields' | 'not_before' | ActionType, z.ZodType>),
  ],
  { error: 'is neither `silent` nor a block with rule, reason or a reply' },
);

const eventSchema = section(EVENT_KEYS);
/** A step of `events`: an event, or a wait, optionally with its own expectation. */
const stepSchema = section({
  ...EVENT_KEYS,
  text: EVENT_KEYS.text.optional(),
  wait: duration()
    .optional()
    .describe(
      'Instead of an event: this much time passes without one, such as 2h. What is due by then happens.',
    ),
  expect: expectSchema.optional().describe('silent, or the expected decision about this event.'),
});
export type RawEvent = z.output<typeof stepSchema>;

const replied = z.union([text(), z.array(text()).min(1), z.record(text(), duration())], {
  error: 'is neither a rule, a list of rules, nor a block such as { pricing: 20m }',
});
export type RawReplied = z.output<typeof replied>;

const givenSchema = section({
  replied: replied
    .optional()
    .describe('Rules that replied to the contact: pricing, or { pricing: 20m } ago.'),
  first_contact: z.boolean().optional().describe('false: the contact wrote to the account before.'),
  human: duration().optional().describe('How long ago a human wrote from the account, such as 10m.'),
  opted_out: z.boolean().optional().describe('true: the contact opted out of automatic replies.'),
  paused: z.boolean().optional().describe('true: automatic replies are paused.'),
  private_reply: text().optional().describe("The rule that sent the comment's one private reply."),
  branch: text().optional().describe('The branch that splits take.'),
  fetch: z
    .unknown()
    .optional()
    .describe('The body of the response to a fetch, or error. Nothing is fetched in a test.'),
  code: text().optional().describe('The code that a step gets, or empty. Default: CODE-1.'),
  tags: z.array(text()).optional().describe('Tags that the contact has.'),
  fields: z.record(text(), z.string()).optional().describe('Fields of the contact: a name and a text each.'),
});
export type RawGiven = z.output<typeof givenSchema>;

export const testSchema = section({
  name: text().describe('The behaviour that the test promises.'),
  given: givenSchema.optional().describe('The history before the first event.'),
  event: eventSchema.optional().describe('The message or comment that comes in.'),
  events: z
    .array(stepSchema)
    .min(1)
    .max(100)
    .optional()
    .describe('Several, in this order; `expect` is about the last.'),
  expect: expectSchema.optional().describe('silent, or the expected decision.'),
});
export type RawTest = z.output<typeof testSchema>;
export type RawExpect = z.output<typeof expectSchema>;
