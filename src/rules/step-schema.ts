import { z } from 'zod';
import { EXPECTED_KINDS, ON_HUMAN, ON_KEYWORD } from '../domain/funnel.js';
import { LIMITS } from '../domain/limits.js';
import { DAY } from '../domain/time.js';
import { formed, says, section } from '../yaml/shape.js';
import { count, duration, text } from '../yaml/values.js';
import { conditionSchema } from './condition-schema.js';
import { WEBHOOK_METHODS } from '../domain/request.js';
import { bodySchema, headersSchema, urlSchema } from './request-schema.js';
import { LANGUAGE_KEYS, MESSAGE_KEYS, type RawReply, replySchema, template } from './reply-schema.js';
import { type RawSplit, splitSchema } from './split.js';
import { codeSchema, fetchSchema, fieldName, type RawCode, type RawFetch } from './work-schema.js';
import { type RawWait, remindSchema, waitSchema } from './wait-schema.js';

const MOST_STEPS = 50;
const MOST_TAGS = 50;
const LONGEST_PAUSE = 365 * DAY;

/** A tag: letters and digits of any script, `-`, `_`, `.` and `:`, so that lists of tags need no quotes anywhere. */
export const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._:-]*$/u;

const tag = formed(
  text().max(50),
  TAG,
  'is not a tag: letters, digits, -, _, . and : only, a letter or digit first',
  'Write it as one word: hot-lead.',
);
const tags = z.union([tag, z.array(tag).min(1).max(MOST_TAGS)], {
  error: 'is neither a tag nor a list of tags',
});

const pauseTime = duration(LONGEST_PAUSE);
const webhook = section({
  url: urlSchema.describe('Address of the receiver; begins with https://. A template, but for the host.'),
  method: z.enum(WEBHOOK_METHODS).optional().describe('The method of the request. Default: POST.'),
  headers: headersSchema
    .optional()
    .describe('Further headers. Secrets from the environment: { Authorization: "Bearer ${CRM_TOKEN}" }.'),
  body: bodySchema
    .optional()
    .describe(
      'What is sent instead of rule, account, contact and event: a block, whose texts are templates, or a text.',
    ),
  secret: text()
    .optional()
    .describe('The key of the signature, from the environment: ${CRM_SECRET}. It is stored nowhere.'),
});

/** Effects of a rule or a step other than sending text. */
export const EFFECT_KEYS = {
  tag: tags.optional().describe('Tags that the contact gets.'),
  untag: tags.optional().describe('Tags that the contact loses.'),
  set: z
    .record(fieldName, template)
    .optional()
    .describe('Fields of the contact: a name and a template each. {{ contact.fields.NAME }} shows them.'),
  webhook: webhook
    .optional()
    .describe('Calls another program: a signed request, retried until it is accepted.'),
  pause: z
    .union([z.literal(true), pauseTime], { error: 'is neither `true` nor a length of time' })
    .optional()
    .describe('No automatic replies to the contact for this time; true: until they are resumed.'),
  handoff: z
    .union(
      [
        z.literal(true),
        template,
        section({
          note: template.optional().describe('A note for the human, a template.'),
          for: pauseTime.optional().describe('How long to stay silent. Default: guards.human_pause.'),
        }),
      ],
      { error: 'is neither `true`, a note, nor a block with note and for' },
    )
    .optional()
    .describe('Hands off to a human: pauses the contact and notifies the owner.'),
};

export type RawEffects = z.output<ReturnType<typeof section<typeof EFFECT_KEYS>>>;

/** Normalised country code in capitals (UK becomes GB); null if the code is unknown. */
export function countryOf(code: string): string | null {
  if (!/^[a-z]{2}$/iu.test(code)) return null;
  const region = new Intl.Locale(`und-${code}`).region ?? '';
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(region) === undefined
    ? null
    : region;
}

const expectSchema = z.union(
  [
    z.enum(EXPECTED_KINDS),
    section({
      choice: z
        .array(text().max(100))
        .min(2)
        .max(50)
        .optional()
        .describe('The choices, of which the answer names one.'),
      regex: text()
        .max(LIMITS.regexLength)
        .optional()
        .describe('A regular expression; the answer is its match.'),
      meaning: z
        .array(text())
        .min(1)
        .max(50)
        .optional()
        .describe('Ids of rules with examples; the answer resembles the examples of one of them.'),
    }),
  ],
  { error: `is neither ${EXPECTED_KINDS.join(', ')}, nor a block with choice, regex or meaning` },
);

const retrySchema = z.union([template, section(LANGUAGE_KEYS)], {
  error: 'is neither a text nor a block of languages',
});

/** A step as written. */
export interface RawStep extends RawEffects {
  readonly wait?: RawWait | undefined;
  readonly ask?: RawAsk | undefined;
  readonly reply?: RawReply | undefined;
  readonly if?: RawIf | undefined;
  readonly split?: RawSplit<RawStep> | undefined;
  readonly code?: RawCode<RawStep> | undefined;
  readonly fetch?: RawFetch<RawStep> | undefined;
}

/** A step may contain lists of further steps. */
const stepSchema: z.ZodType<RawStep> = z.lazy(() => section(STEP_KEYS)).meta({ id: 'step' });
// Each list is a schema of its own: one shared list would become a nameless definition in the JSON Schema.
const steps = () => z.array(stepSchema).min(1).max(MOST_STEPS);

const askSchema = section({
  ...MESSAGE_KEYS,
  expect: expectSchema.describe('The kind of answer: email, phone, number, any, choice, regex or meaning.'),
  country: z
    .string()
    .refine((code) => countryOf(code) !== null, says('is not a country: two letters', 'Write country: DE.'))
    .optional()
    .describe('With expect: phone, the country of numbers without a +: DE. Numbers are saved as E.164.'),
  save: fieldName.optional().describe('The field of the contact in which the answer is stored.'),
  retry: retrySchema.optional().describe('The text sent after an invalid answer.'),
  tries: count(1, 10)
    .optional()
    .describe('Maximum number of answers, including invalid ones. Default: 2 with retry, else 1.'),
  within: duration(30 * DAY)
    .optional()
    .describe('How long to wait for an answer. Default: 24h.'),
  remind: remindSchema
    .optional()
    .describe('A text, or several, sent while the contact writes nothing: { after: 2h, text: "…" }.'),
  on_keyword: z
    .enum(ON_KEYWORD)
    .optional()
    .describe(
      'When the message is not an answer but has a keyword of another rule: end the funnel, keep it waiting, or ignore the rule.',
    ),
  on_human: z
    .enum(ON_HUMAN)
    .optional()
    .describe('When a human writes from the account: end the funnel, the default, or keep it.'),
  cases: z
    .record(text(), steps())
    .optional()
    .describe(
      'Steps by answer, with expect: choice or meaning; else: for every other answer, and when all tries are used.',
    ),
});
export type RawAsk = z.output<typeof askSchema>;

const ifSchema = section({
  when: conditionSchema.describe('The condition, as in when of a rule.'),
  then: steps().describe('The steps if it holds.'),
  else: steps().optional().describe('The steps if it does not hold.'),
});
export type RawIf = z.output<typeof ifSchema>;

const STEP_KEYS = {
  ask: askSchema.optional().describe('Waits for an answer.'),
  reply: replySchema.optional().describe('A message.'),
  if: ifSchema.optional().describe('Steps that depend on a condition.'),
  split: splitSchema(steps)
    .optional()
    .describe(
      'Branches to compare: steps by name, each for a part of the contacts; hold_out: 10% gets none of them.',
    ),
  code: codeSchema(steps).optional().describe('Hands out a code: one per contact, never the same to two.'),
  fetch: fetchSchema(steps).optional().describe('Asks another service, and stores what it says.'),
  wait: waitSchema.optional().describe('Lets time pass: 30m, or { until_open: CALENDAR }.'),
  ...EFFECT_KEYS,
};

const lastStepSchema = section({ reply: STEP_KEYS.reply, ...EFFECT_KEYS });

export const FUNNEL_KEYS = {
  then: steps().optional().describe('The steps after the first message.'),
  otherwise: z
    .union([lastStepSchema, z.array(lastStepSchema).min(1).max(MOST_STEPS)], {
      error: 'is neither a block with reply, tag or another step, nor a list of them',
    })
    .optional()
    .describe('The steps when no valid answer comes.'),
};
