import type { Response } from './response.js';

/** Deviations of a row from its description. */
export const ODDITIES = [
  'no_text',
  'null_text',
  'number_ids',
  'null_sender',
  'null_recipient',
  'null_conversation',
  'null_time',
  'unknown_status',
  'text_error_code',
  'other_type',
  'not_an_object',
] as const;

export type Oddity = (typeof ODDITIES)[number];

type Row = Readonly<Record<string, unknown>>;

/** Called for each row of a response with status 200; null leaves it unchanged. */
export type OddHook = (row: Row, route: string) => Oddity | null;

const CHANGES: Readonly<Record<Oddity, (row: Row) => unknown>> = {
  no_text: ({ text: _, ...row }) => row,
  null_text: (row) => ({ ...row, text: null }),
  number_ids: (row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, /(?:^id|Id)$/u.test(name) ? numberOf(value) : value]),
    ),
  null_sender: (row) => ({ ...row, ...('authorId' in row ? { authorId: null } : { senderId: null }) }),
  null_recipient: (row) => ({ ...row, recipientId: null }),
  null_conversation: (row) => ({ ...row, conversationId: null }),
  null_time: (row) => ({ ...row, createdAt: null }),
  unknown_status: (row) => ({ ...row, status: 'archived' }),
  text_error_code: (row) => ({ ...row, status: 'failed', errorCode: '10/2534022', errorMessage: 'refused' }),
  other_type: (row) => ({ ...row, text: { body: row['text'] }, isAuthor: 'yes', direction: 1 }),
  not_an_object: () => 'a row',
};

/** Applies the hook to a response: to the items of a list, else to the body itself. */
export function oddResponse(answer: Response, route: string, hook: OddHook | null): Response {
  const { body, status } = answer;
  if (hook === null || status !== 200 || !isRow(body)) return answer;
  const change = (row: unknown): unknown => {
    const oddity = isRow(row) ? hook(row, route) : null;
    return oddity === null || !isRow(row) ? row : CHANGES[oddity](row);
  };
  const { items } = body;
  return { ...answer, body: Array.isArray(items) ? { ...body, items: items.map(change) } : change(body) };
}

/** Converts a text of digits to a number, and any other text to a number that is always the same for it. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^\d{1,15}$/u.test(value)) return Number(value);
  return Array.from(value).reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 2 ** 40, 7);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
