/**
 * Parses the API's JSON responses. Rows of a list are parsed one by one, so that an unreadable row does not
 * affect the others.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import { ContractError } from './errors.js';
import { errorCode, id, instant, optionalText } from './fields.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Rows that do not match the schema, in order. */
  readonly unreadable: readonly UnreadableRow[];
  /**
   * Opaque token of the next, older page. Null if the API returns none; it may return one on the last page.
   */
  readonly pageToken: string | null;
}

/** A row without a required field, with those of its other fields that can be read. */
export interface UnreadableRow {
  /** Hash of the raw row, which identifies a row without an id. */
  readonly digest: string;
  /** The first field that does not match, such as `createdAt`; '' for the row itself. */
  readonly field: string;
  /** Description without any text written by people, such as `is null`. */
  readonly problem: string;
  readonly id: string | null;
  readonly at: Instant | null;
  readonly platform: string | null;
  readonly accountId: string | null;
  readonly conversationId: string | null;
  readonly status: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** Schema of a list as the API wraps it, `{ items, cursor? }`. */
export function pageSchema<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z
    .looseObject({ items: z.array(z.unknown()), cursor: z.union([z.string(), z.number()]).nullish() })
    .transform(({ items: rows, cursor }) => {
      const items: T[] = [];
      const unreadable: UnreadableRow[] = [];
      for (const row of rows) {
        const read = item.safeParse(row);
        if (read.success) items.push(read.data);
        else unreadable.push(toUnreadable(row, read.error));
      }
      const token = String(cursor ?? '');
      return { items, unreadable, pageToken: token === '' ? null : token };
    });
}

const SALVAGED = z.looseObject({
  id: id.nullable().catch(null),
  createdAt: instant.nullable().catch(null),
  platform: optionalText,
  accountId: id.nullable().catch(null),
  conversationId: id.nullable().catch(null),
  status: optionalText,
  errorCode,
  errorMessage: optionalText,
});

function toUnreadable(row: unknown, error: z.ZodError): UnreadableRow {
  const path = error.issues[0]?.path ?? [];
  const isRow = typeof row === 'object' && row !== null && !Array.isArray(row);
  const salvaged = SALVAGED.parse(isRow ? row : {});
  return {
    digest: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 24),
    field: formatPath(path),
    problem: problemOf(path.reduce<unknown>(valueAt, row)),
    id: salvaged.id,
    at: salvaged.createdAt,
    platform: salvaged.platform,
    accountId: salvaged.accountId,
    conversationId: salvaged.conversationId,
    status: salvaged.status,
    errorCode: salvaged.errorCode,
    errorMessage: salvaged.errorMessage,
  };
}

function valueAt(whole: unknown, key: PropertyKey): unknown {
  return typeof whole === 'object' && whole !== null
    ? (whole as Record<PropertyKey, unknown>)[key]
    : undefined;
}

/** Names the type, never the value, which may be text from a contact. */
function problemOf(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (value === '') return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is an object';
  return `is a ${typeof value} of a form that this release does not know`;
}

/** Parses the JSON text of a response. Throws ContractError with the first place that does not match. */
export function parseResponse<T>(schema: z.ZodType<T>, json: string, route: string): T {
  const result = schema.safeParse(parseJson(json, route));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ContractError(route, formatPath(issue?.path ?? []), issue?.message ?? 'the value does not match');
}

/** A string, or an integer that JSON.parse might round. Strings are matched so that they are skipped. */
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gu;

/** Integers of 16 digits and more become texts: rounded, the ids of two comments could become equal. */
function parseJson(json: string, route: string): unknown {
  try {
    const exact = /\d{16}/u.test(json)
      ? json.replace(STRING_OR_LONG_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`))
      : json;
    return JSON.parse(exact);
  } catch {
    // The error message of JSON.parse quotes the text, which may be from a contact.
    throw new ContractError(route, '', json === '' ? 'it is empty' : 'it is not JSON');
  }
}

/** Formats `['items', 3, 'createdAt']` as `items[3].createdAt`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./u, '');
}
