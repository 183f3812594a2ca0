/**
 * Blotato's own automations, as listed by `GET /v2/dm-automations`. Only the name of the endpoint is
 * documented: no field is certain.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Automation, AutomationTrigger } from '../domain/automation.js';
import { parseInstant } from '../domain/time.js';
import { optionalBoolean, optionalId, optionalText } from './fields.js';

const keywordList = z
  .union([z.array(z.unknown()), z.string().transform((keyword) => [keyword])])
  .nullish()
  .catch(null);
/** Step of an automation: it has a text, or a block that contains texts. */
const step = z.unknown().optional();

const trigger = z
  .union([
    z.looseObject({ type: optionalText, keywords: keywordList, postId: optionalId }),
    z.string().transform((type) => ({ type, keywords: null, postId: null })),
  ])
  .nullable()
  .catch(null);

type RawTrigger = z.output<typeof trigger>;

/** Older listings have a single `trigger`, which may be just its type, with keywords and post beside it. */
export const automationSchema: z.ZodType<Automation> = z
  .looseObject({
    id: optionalId,
    name: optionalText,
    accountId: optionalId,
    isActive: optionalBoolean,
    trigger: trigger.nullish(),
    triggers: z.array(trigger).nullish().catch(null),
    keywords: keywordList,
    postId: optionalId,
    publishedVersionId: optionalId,
    updatedAt: optionalText,
    dmMessage: step,
    emailGate: step,
    followGate: step,
  })
  .transform((raw) => {
    const { trigger: one, triggers: several, keywords, postId } = raw;
    const all = several ?? [one ?? null];
    return {
      id: raw.id ?? createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 12),
      name: raw.name,
      accountId: raw.accountId,
      // If the API does not say, the automation may be active.
      isActive: raw.isActive ?? true,
      triggers: all.flatMap((each) => toTrigger(each, { keywords: keywords ?? null, postId })),
      publishedVersionId: raw.publishedVersionId,
      updatedAt: raw.updatedAt === null ? null : (parseInstant(raw.updatedAt) ?? null),
      texts: [raw.dmMessage, raw.emailGate, raw.followGate].flatMap((each) => textsIn(each)),
    };
  });

/**
 * Converts a trigger; empty for a trigger of another kind. A trigger without a kind may fire on comments, as
 * all early triggers did.
 */
function toTrigger(
  raw: RawTrigger,
  beside: { readonly keywords: readonly unknown[] | null; readonly postId: string | null },
): AutomationTrigger[] {
  const type = raw?.type ?? 'comment-received';
  const on = type.startsWith('comment') ? 'comment' : type.startsWith('message') ? 'message' : null;
  if (on === null) return [];
  const keywords = raw?.keywords ?? beside.keywords ?? [];
  return [
    {
      on,
      keywords: keywords.filter((each) => typeof each === 'string' && each !== '') as string[],
      postId: raw?.postId ?? beside.postId,
    },
  ];
}

/** Maximum depth to which a block of a step is searched for texts. */
const MOST_LEVELS = 4;
/** Shorter texts in a block, such as the title of a button, are left out: a human may write the same. */
const LEAST_LETTERS = 12;

/**
 * Every text of a step: its fields are not documented. They include ids and links, which no message resembles.
 */
function textsIn(step: unknown, level = 0): string[] {
  if (typeof step === 'string') return step.trim().length < (level === 0 ? 1 : LEAST_LETTERS) ? [] : [step];
  if (typeof step !== 'object' || step === null || level >= MOST_LEVELS) return [];
  return Object.values(step).flatMap((each) => textsIn(each, level + 1));
}
