import { z } from 'zod';
import { type Direction, EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import type { Instant } from '../domain/time.js';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const kind = z
  .enum(EVENT_KINDS, { error: `must be one of: ${EVENT_KINDS.join(', ')}` })
  .nullish()
  .transform((value) => value ?? undefined);
const AUTHORS = ['contact', 'account'] as const;
/** A line of a file for `replay`: an id, and the keys of an event in a rule test, except `decided_after`. */
export const lineSchema = z.object({
  id: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((id) => (id === undefined || id === null ? undefined : String(id))),
  kind,
  /** Another name of `kind`. */
  on: kind,
  platform: z
    .enum(PLATFORMS, { error: `must be one of: ${PLATFORMS.join(', ')}` })
    .nullish()
    .transform((platform) => platform ?? undefined),
  account: text,
  from: z
    .enum(AUTHORS, { error: `must be one of: ${AUTHORS.join(', ')}` })
    .nullish()
    .transform((author) => author ?? undefined),
  text: z.string({ error: 'the text of the contact is missing' }),
  at: z.iso
    .datetime({ offset: true, local: true, error: 'write a time such as 2026-11-24T10:00:00+01:00' })
    .nullish(),
  contact: z
    .object({ id: text, name: text, username: text })
    .nullish()
    .transform((contact) => contact ?? undefined),
  post: text,
  is_reply: z
    .boolean()
    .nullish()
    .transform((isReply) => isReply ?? undefined),
});

type RawLine = z.output<typeof lineSchema>;

/** A checked line. */
export interface Line extends Omit<RawLine, 'at' | 'is_reply' | 'on' | 'from'> {
  readonly direction: Direction | undefined;
  readonly isReply: boolean | undefined;
  readonly at: Instant;
}

/**
 * Without a kind, a line with a post, or one that replies to a comment, is a comment, as in a rule test. `before` is the
 * time of a line that has none.
 */
export function lineOf(raw: RawLine, before: Instant): Line {
  const { id, platform, account, text: said, contact, post, is_reply: isReply, at } = raw;
  const implied = post !== undefined || isReply === true ? 'comment' : undefined;
  return {
    id,
    kind: raw.kind ?? raw.on ?? implied,
    platform,
    account,
    text: said,
    contact: contact && { id: contact.id, name: contact.name, username: contact.username },
    post,
    direction: raw.from === 'account' ? 'outgoing' : undefined,
    isReply,
    at: at === undefined || at === null ? before : Date.parse(at),
  };
}

/** A time in UTC on a day that every month has: `Date.parse` takes 30 February for 2 March. */
const USUAL_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/;

const isText = (value: unknown): boolean => typeof value === 'string';
const isKind = (value: unknown): boolean => (EVENT_KINDS as readonly unknown[]).includes(value);
const USUAL_CONTACT: Checks = [
  { key: 'id', isUsual: isText },
  { key: 'name', isUsual: isText },
  { key: 'username', isUsual: isText },
];
const USUAL: Checks = [
  { key: 'id', isUsual: isText },
  { key: 'kind', isUsual: isKind },
  { key: 'on', isUsual: isKind },
  { key: 'platform', isUsual: (value) => (PLATFORMS as readonly unknown[]).includes(value) },
  { key: 'account', isUsual: isText },
  { key: 'from', isUsual: (value) => (AUTHORS as readonly unknown[]).includes(value) },
  { key: 'post', isUsual: isText },
  { key: 'at', isUsual: (value) => typeof value === 'string' && USUAL_TIME.test(value) },
  { key: 'is_reply', isUsual: (value) => typeof value === 'boolean' },
  { key: 'contact', isUsual: (value) => isUsualRecord(value, USUAL_CONTACT) },
];

/**
 * Reads a line of the usual form as the schema would, which takes several times as long; null for every other
 * line, right or wrong.
 */
export function usualLine(json: unknown, before: Instant): Line | null {
  if (!isUsualRecord(json, USUAL) || typeof (json as RawLine).text !== 'string') return null;
  return lineOf(json as RawLine, before);
}

type Checks = readonly { readonly key: string; readonly isUsual: (value: unknown) => boolean }[];

/** True for a record whose known keys are missing or have usual values. */
function isUsualRecord(json: unknown, checks: Checks): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  const record = json as Readonly<Record<string, unknown>>;
  return checks.every(({ key, isUsual }) => record[key] === undefined || isUsual(record[key]));
}
