import { z } from 'zod';
import { section } from '../yaml/shape.js';
import { text } from '../yaml/values.js';

export const FACTS = [
  'text',
  'kind',
  'platform',
  'account',
  'hours',
  'local_time',
  'weekday',
  'first_contact',
  'contact',
  'post',
  'is_reply',
  'tags',
  'keywords',
  'language',
  'meaning',
  'field',
  'funnel',
  'answered_by',
  'count',
] as const;
export type FactName = (typeof FACTS)[number];

/** A node of the `when` tree as written: `all`, `any` or `not`, or a condition on a fact. */
export interface RawCondition {
  readonly all?: readonly RawCondition[] | undefined;
  readonly any?: readonly RawCondition[] | undefined;
  readonly not?: RawCondition | undefined;
  readonly fact?: FactName | undefined;
  readonly operator?: string | undefined;
  readonly value?: unknown;
  readonly path?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

const params = z.record(z.string(), z.unknown());

/** Checks shapes only; `conditions.ts` checks which keys belong together, with better messages. */
export const conditionSchema: z.ZodType<RawCondition> = z
  .lazy(() =>
    section({
      all: z.array(conditionSchema).min(1).optional().describe('Conditions that must all hold.'),
      any: z.array(conditionSchema).min(1).optional().describe('Conditions of which at least one must hold.'),
      not: conditionSchema.optional().describe('A condition that must not hold.'),
      fact: z.enum(FACTS).optional().describe('The fact to compare.'),
      operator: text().optional().describe('The comparison: equal, notEqual, in, notIn, contains, …'),
      value: z.unknown().optional().describe('The value to compare with.'),
      path: text()
        .optional()
        .describe('The part of the contact: name, first_name, username or id; or the name of the field.'),
      params: params
        .optional()
        .describe(
          'Parameters of the fact: the calendar or timezone of a time, the lists of keywords, the rule.',
        ),
    }),
  )
  .meta({ id: 'condition' });
