import { z } from 'zod';
import { LONGEST_WAIT, ON_MESSAGE } from '../domain/wait.js';
import { DAY } from '../domain/time.js';
import { section } from '../yaml/shape.js';
import { duration, text } from '../yaml/values.js';
import { LANGUAGE_KEYS, MESSAGE_KEYS } from './reply-schema.js';

const time = duration(LONGEST_WAIT);

export const waitSchema = z.union(
  [
    time,
    section({
      for: time.optional().describe('How long to wait: 30m.'),
      until_open: text()
        .optional()
        .describe('A calendar: waits until it opens. While it is open, nothing waits.'),
      on_message: z
        .enum(ON_MESSAGE)
        .optional()
        .describe(
          'When the contact writes meanwhile: cancel, the default, ends the funnel; keep lets the rules reply, and waits on.',
        ),
    }),
  ],
  { error: 'is neither a length of time nor a block with for, until_open and on_message' },
);
export type RawWait = z.output<typeof waitSchema>;

const MOST_REMINDERS = 5;

const reminder = section({
  after: duration(30 * DAY).describe('Time since the question was sent: 2h.'),
  text: MESSAGE_KEYS.text,
  one_of: MESSAGE_KEYS.one_of,
  buttons: MESSAGE_KEYS.buttons,
  ...LANGUAGE_KEYS,
});

export const remindSchema = z.union([reminder, z.array(reminder).min(1).max(MOST_REMINDERS)], {
  error: 'is neither a block with after and text, nor a list of them',
});
export type RawRemind = z.output<typeof remindSchema>;
