import { describe, expect, it } from 'vitest';
import { pageSchema, parseResponse } from '../../src/blotato/responses.js';
import { automationSchema } from '../../src/blotato/automations.js';
import { ContractError } from '../../src/blotato/errors.js';
import {
  commentSchema,
  conversationSchema,
  messageSchema,
  subaccountSchema,
  userSchema,
} from '../../src/blotato/schemas.js';
import { COMMENT, CONVERSATION, MESSAGE } from './server.js';

type Schema<T> = Parameters<typeof parseResponse<T>>[0];

function read<T>(schema: Schema<T>, answer: unknown): T {
  return parseResponse(schema, JSON.stringify(answer), 'GET /v2/messages');
}

function pathOf<T>(schema: Schema<T>, answer: unknown): string {
  try {
    read(schema, answer);
  } catch (error) {
    if (error instanceof ContractError) return error.path;
    throw error;
  }
  return 'it was understood';
}

const without = (row: object, ...keys: string[]) =>
  Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));

describe("a deviation from the API's description that is accepted", () => {
  it.each([
    { what: 'an unknown field', change: { reactions: [{ emoji: '👍' }] }, gives: { id: 'm1' } },
    { what: 'a platform that came later', change: { platform: 'threads' }, gives: { platform: 'threads' } },
    { what: 'a status that came later', change: { status: 'seen' }, gives: { status: 'seen' } },
    { what: 'a message without text, such as a picture', change: { text: null }, gives: { text: '' } },
    { what: 'an error code written as text', change: { errorCode: '20102' }, gives: { errorCode: '20102' } },
    { what: 'an error code as a number', change: { errorCode: 20102 }, gives: { errorCode: '20102' } },
    {
      what: 'an error code of two parts',
      change: { errorCode: '10/2534022' },
      gives: { errorCode: '10/2534022' },
    },
    { what: 'an error code of another type', change: { errorCode: { n: 1 } }, gives: { errorCode: null } },
    {
      what: 'ids as numbers',
      change: { id: 7, conversationId: 8, senderId: 9, recipientId: 10 },
      gives: { id: '7', conversationId: '8', senderId: '9', recipientId: '10' },
    },
    { what: 'no text at all', change: { text: undefined }, gives: { text: '' } },
    { what: 'no recipient', change: { recipientId: null }, gives: { recipientId: '' } },
    { what: 'no status', change: { status: undefined }, gives: { status: '' } },
    { what: 'a status of another type', change: { status: 3 }, gives: { status: '' } },
    {
      what: 'a direction of another type',
      change: { direction: 1, isAuthor: 'yes' },
      gives: { direction: null },
    },
    { what: 'isAuthor as text', change: { isAuthor: 'true' }, gives: { direction: 'outgoing' } },
    {
      what: 'half of a surrogate pair and a NUL',
      change: { text: 'a\uD800b\0' },
      gives: { text: 'a\uFFFDb\uFFFD' },
    },
  ])('$what', ({ change, gives }) => {
    expect(read(messageSchema, { ...MESSAGE, ...change })).toMatchObject(gives);
  });

  it('absent fields of a message that may be null', () => {
    const bare = without(MESSAGE, 'conversationId', 'senderId', 'errorCode', 'errorMessage');
    expect(read(messageSchema, bare)).toMatchObject({
      conversationId: null,
      senderId: null,
      errorCode: null,
      errorMessage: null,
    });
  });

  it('a comment with only the fields that all descriptions have', () => {
    const { id, accountId, platform, text, status, createdAt } = COMMENT;
    expect(read(commentSchema, { id, accountId, platform, text, status, createdAt })).toEqual({
      id,
      accountId,
      platform,
      text,
      status,
      at: Date.UTC(2026, 10, 22, 10),
      postId: null,
      platformPostId: null,
      platformCommentId: null,
      parentCommentId: null,
      authorId: null,
      isAuthor: null,
      errorCode: null,
      errorMessage: null,
    });
  });

  it('a participant without a name', () => {
    const participants = [{ id: '900' }, {}];
    expect(read(conversationSchema, { ...CONVERSATION, participants }).participants).toEqual([
      { id: '900', name: null, username: null },
      { id: null, name: null, username: null },
    ]);
  });

  it('any fields of the user in `me`', () => {
    expect(read(userSchema, { email: 'a@example.com' })).toEqual({ id: null });
  });

  it('a last page with an empty or a null cursor', () => {
    expect(read(pageSchema(messageSchema), { items: [], cursor: '' }).pageToken).toBeNull();
    expect(read(pageSchema(messageSchema), { items: [], cursor: null }).pageToken).toBeNull();
    expect(read(pageSchema(messageSchema), { items: [] }).pageToken).toBeNull();
  });
});

describe("Blotato's own automations", () => {
  it.each([
    {
      what: 'nothing at all',
      row: {},
      gives: { isActive: true, accountId: null, triggers: [{ on: 'comment', keywords: [], postId: null }] },
    },
    {
      what: 'one trigger, as older listings have it',
      row: { id: 7, accountId: 98434, trigger: { type: 'message-received', keywords: ['a', 3, ''] } },
      gives: { id: '7', accountId: '98434', triggers: [{ on: 'message', keywords: ['a'], postId: null }] },
    },
    {
      what: 'a trigger by its type alone, with the rest beside it',
      row: { trigger: 'comment-received', keywords: 'guide', postId: '501' },
      gives: { triggers: [{ on: 'comment', keywords: ['guide'], postId: '501' }] },
    },
    {
      what: 'two triggers, and one of a kind that came later',
      row: { triggers: [{ type: 'message-received' }, { type: 'story-reply' }, null] },
      gives: { triggers: [{ on: 'message' }, { on: 'comment' }] },
    },
    {
      what: 'fields of other types',
      row: { name: 3, isActive: 'no', updatedAt: 5, triggers: 'x' },
      gives: { name: null, updatedAt: null },
    },
  ])('are parsed with $what', ({ row, gives }) => {
    expect(read(pageSchema(automationSchema), { items: [row] }).items).toMatchObject([gives]);
  });
});

describe('the direction of a message', () => {
  it.each([
    { says: 'nothing, as described', fields: {}, direction: null },
    { says: 'direction', fields: { direction: 'incoming' }, direction: 'incoming' },
    { says: 'direction', fields: { direction: 'outgoing' }, direction: 'outgoing' },
    { says: 'isAuthor', fields: { isAuthor: true }, direction: 'outgoing' },
    { says: 'isAuthor', fields: { isAuthor: false }, direction: 'incoming' },
    { says: 'a direction that came later', fields: { direction: 'echo' }, direction: null },
    { says: 'a null', fields: { direction: null, isAuthor: null }, direction: null },
  ])('is $direction when the API says $says', ({ fields, direction }) => {
    expect(read(messageSchema, { ...MESSAGE, ...fields }).direction).toBe(direction);
  });
});

describe('a row or response that cannot be parsed', () => {
  it.each(['id', 'createdAt', 'platform'])('a message without %s', (key) => {
    expect(pathOf(messageSchema, without(MESSAGE, key))).toBe(key);
  });

  it.each(['id', 'accountId', 'createdAt', 'platform'])('a comment without %s', (key) => {
    expect(pathOf(commentSchema, without(COMMENT, key))).toBe(key);
  });

  it.each(['id', 'accountId'])('a conversation without %s', (key) => {
    expect(pathOf(conversationSchema, without(CONVERSATION, key))).toBe(key);
  });

  it('a page without an id', () => {
    expect(pathOf(subaccountSchema, { name: 'Lumen' })).toBe('id');
  });

  it('a list that is not an array', () => {
    expect(pathOf(pageSchema(messageSchema), [])).toBe('');
    expect(pathOf(pageSchema(messageSchema), { items: {} })).toBe('items');
  });

  it('an unreadable row, which leaves the other rows readable', () => {
    const rows = [
      MESSAGE,
      null,
      7,
      [],
      { ...MESSAGE, createdAt: null },
      { ...MESSAGE, id: 'm2', text: { html: 'x' } },
      { ...MESSAGE, id: 'm3', text: 5 },
      { ...MESSAGE, id: 'm4' },
    ];
    const page = read(pageSchema(messageSchema), { items: rows, cursor: 12 });
    expect(page.items.map((row) => row.id)).toEqual(['m1', 'm4']);
    expect(page.unreadable.map(({ id, field, problem }) => [id, field, problem])).toEqual([
      [null, '', 'is null'],
      [null, '', 'is a number of a form that this release does not know'],
      [null, '', 'is a list'],
      ['m1', 'createdAt', 'is null'],
      ['m2', 'text', 'is an object'],
      ['m3', 'text', 'is a number of a form that this release does not know'],
    ]);
    expect(page.unreadable[4]).toMatchObject({ at: Date.UTC(2026, 10, 22, 10), status: 'delivered' });
    expect(page.pageToken).toBe('12');
  });

  it('an error that does not quote the text', () => {
    const rows = [
      { ...MESSAGE, createdAt: 'my secret' },
      { ...MESSAGE, text: ['my secret'] },
    ];
    expect(JSON.stringify(read(pageSchema(messageSchema), { items: rows }))).not.toContain('secret');
  });

  it('an empty id', () => {
    expect(pathOf(messageSchema, { ...MESSAGE, id: '' })).toBe('id');
  });
});

describe('ids that are long numbers', () => {
  it('keep each digit, and digits inside texts are unchanged', () => {
    const said = 'call "12345678901234567890" \\\\ 98765432109876543210';
    const json = `{"id": 17912345678901234, "accountId": 1, "platform": "instagram", "status": "posted",
      "text": ${JSON.stringify(said)}, "parentCommentId": 17912345678901235,
      "createdAt": "2026-11-22T10:00:00Z", "score": 0.12345678901234567}`;
    expect(parseResponse(commentSchema, json, 'GET /v2/comments')).toMatchObject({
      id: '17912345678901234',
      parentCommentId: '17912345678901235',
      accountId: '1',
      text: said,
    });
  });
});

describe('timestamps of the API', () => {
  it.each([
    { text: '2026-11-22T10:00:00.123Z', at: Date.UTC(2026, 10, 22, 10, 0, 0, 123) },
    { text: '2026-11-22T10:00:00.123456Z', at: Date.UTC(2026, 10, 22, 10, 0, 0, 123) },
    { text: '2026-11-22T10:00:00+02:00', at: Date.UTC(2026, 10, 22, 8) },
    { text: '2026-11-22T10:00:00.123456+0200', at: Date.UTC(2026, 10, 22, 8, 0, 0, 123) },
    { text: '2026-11-22T10:00:00.5-03', at: Date.UTC(2026, 10, 22, 13, 0, 0, 500) },
    { text: '2026-11-22 10:00:00.123456789 +02:00', at: Date.UTC(2026, 10, 22, 8, 0, 0, 123) },
    { text: '2026-11-22t10:00z', at: Date.UTC(2026, 10, 22, 10) },
    { text: '2026-11-22T10:00:00', at: Date.UTC(2026, 10, 22, 10) },
    { text: '2026-11-22 10:00:00', at: Date.UTC(2026, 10, 22, 10) },
    { text: '2026-11-22', at: Date.UTC(2026, 10, 22) },
  ])('reads $text, without a zone as UTC', ({ text, at }) => {
    expect(read(messageSchema, { ...MESSAGE, createdAt: text }).at).toBe(at);
  });

  it.each(['', 'yesterday', '22.11.2026', '2026-13-45T00:00:00Z', 'Comment 5', 1_700_000_000_000])(
    'refuses %j as a time',
    (createdAt) => {
      expect(pathOf(messageSchema, { ...MESSAGE, createdAt })).toBe('createdAt');
    },
  );
});
