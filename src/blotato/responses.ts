/** The JSON of the API's answers. Of a list, each row is read on its own: one that does not fit stops no other. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import { ContractError } from './errors.js';
import { errorCode, id, instant, optionalText } from './fields.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Rows that do not fit, in their order. */
  readonly unreadable: readonly UnreadableRow[];
  /** Opaque; gives the next, older page. Null if the API gives none, and it may give one on the last page. */
  readonly pageToken: string | null;
}

/** A row that lacks what we cannot do without, with those of its fields that can be read. */
export interface UnreadableRow {
  /** Of the row as it is: tells it from others without an id. */
  readonly digest: string;
  /** The first field that does not fit, such as `createdAt`; '' for the row itself. */
  readonly field: string;
  /** Without what anybody wrote, such as `is null`. */
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

/** A list as the API wraps it, `{ items, cursor? }`. */
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

/** Names the type and never the value, which may be what a contact wrote. */
function problemOf(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (value === '') return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is an object';
  return `is a ${typeof value} of a form that this release does not know`;
}

/** Reads the JSON text of an answer. Throws ContractError with the first place that does not fit. */
export function parseResponse<T>(schema: z.ZodType<T>, json: string, route: string): T {
  const result = schema.safeParse(parseJson(json, route));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ContractError(route, formatPath(issue?.path ?? []), issue?.message ?? 'it does not fit');
}

/** A string, or a whole number that JSON.parse might round. Strings are matched so as to be left alone. */
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gu;

/** Whole numbers of 16 digits and more become texts: rounded, the ids of two comments would be one. */
function parseJson(json: string, route: string): unknown {
  try {
    const exact = /\d{16}/u.test(json)
      ? json.replace(STRING_OR_LONG_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`))
      : json;
    return JSON.parse(exact);
  } catch {
    // The library's own message quotes the text, which may hold what a contact wrote.
    throw new ContractError(route, '', json === '' ? 'it is empty' : 'it is not JSON');
  }
}

/** `['items', 3, 'createdAt']` as `items[3].createdAt`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./u, '');
}
