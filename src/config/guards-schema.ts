import { z } from 'zod';
import { DAY } from '../domain/time.js';
import { section } from '../yaml/shape.js';
import { count, duration, text } from '../yaml/values.js';
import { phrase } from './phrase-schema.js';

const optOut = section({
  keywords: z.array(text()).min(1).max(100).optional().describe('Words that end automatic replies.'),
  reply: phrase.default('You will get no more automatic replies.').describe('The last automatic reply.'),
});

const loopBreaker = section({
  rounds: count(2, 1_000)
    .default(5)
    .describe(
      'Number of automatic replies to one contact, each within `within` of the previous one, that counts as a loop with another program.',
    ),
  within: duration(DAY).default('2m').describe('Maximum time between two replies of a loop.'),
  wait: duration(30 * DAY)
    .default('1h')
    .describe(
      'How long to stay silent after a loop; four times as long after each further loop within 30 days.',
    ),
});

/** The checks that stop a reply although a rule applies. */
export const guards = section({
  human_pause: duration(365 * DAY)
    .default('12h')
    .describe('How long to stay silent after a human wrote.'),
  automation_pause: duration(365 * DAY)
    .default('5m')
    .describe("How long to stay silent after one of Blotato's own automations wrote."),
  per_contact: section({
    replies: count(1, 10_000)
      .default(5)
      .describe('Maximum number of automatic replies to one contact in the period `per`.'),
    per: duration(30 * DAY)
      .default('1h')
      .describe('The period of the limit.'),
  })
    .prefault({})
    .describe('Limit of automatic replies to one contact.'),
  loop_breaker: z
    .union([z.literal(false), loopBreaker], {
      error: 'is neither `false` nor a block with rounds, within and wait',
    })
    .prefault({})
    .describe('Ends loops with other automatic responders; false turns it off.'),
  opt_out: z
    .union([z.literal(false), optOut], { error: 'is neither `false` nor a block with keywords and reply' })
    .prefault({})
    .describe('Opt-out of a contact from automatic replies; false turns it off.'),
});
