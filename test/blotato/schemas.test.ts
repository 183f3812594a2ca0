import { describe, expect, it } from 'vitest';
import { ContractError } from '../../src/blotato/errors.js';
import {
  accountSchema,
  commentSchema,
  conversationSchema,
  messageSchema,
  pageSchema,
  parseAnswer,
  subaccountSchema,
  userSchema,
} from '../../src/blotato/schemas.js';
import { COMMENT, CONVERSATION, MESSAGE } from './server.js';

type Schema<T> = Parameters<typeof parseAnswer<T>>[0];

function read<T>(schema: Schema<T>, answer: unknown): T {
  return parseAnswer(schema, JSON.stringify(answer), 'GET /v2/messages');
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

describe('what may differ from the description', () => {
  it.each([
    { what: 'an unknown field', change: { reactions: [{ emoji: '👍' }] }, gives: { id: 'm1' } },
    { what: 'a platform that came later', change: { platform: 'threads' }, gives: { platform: 'threads' } },
    { what: 'a status that came later', change: { status: 'seen' }, gives: { status: 'seen' } },
    { what: 'a message without text, such as a picture', change: { text: null }, gives: { text: '' } },
    { what: 'an error code written as text', change: { errorCode: '20102' }, gives: { errorCode: 20102 } },
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

  it('a comment with nothing but what everybody agrees on', () => {
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

  it('what `me` says about the user', () => {
    expect(read(userSchema, { email: 'a@example.com' })).toEqual({ id: null });
  });

  it('a last page with an empty or a null cursor', () => {
    expect(read(pageSchema(messageSchema), { items: [], cursor: '' }).pageToken).toBeNull();
    expect(read(pageSchema(messageSchema), { items: [], cursor: null }).pageToken).toBeNull();
    expect(read(pageSchema(messageSchema), { items: [] }).pageToken).toBeNull();
  });
});

describe('who wrote a message', () => {
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

describe('what makes an answer unreadable', () => {
  it.each(['id', 'createdAt', 'platform', 'recipientId', 'status', 'text'])('a message without %s', (key) => {
    expect(pathOf(messageSchema, without(MESSAGE, key))).toBe(key);
  });

  it.each(['id', 'accountId', 'createdAt', 'platform', 'status', 'text'])('a comment without %s', (key) => {
    expect(pathOf(commentSchema, without(COMMENT, key))).toBe(key);
  });

  it.each(['id', 'accountId', 'platform', 'participants', 'updatedAt'])(
    'a conversation without %s',
    (key) => {
      expect(pathOf(conversationSchema, without(CONVERSATION, key))).toBe(key);
    },
  );

  it('an account without a platform, a page without an id', () => {
    expect(pathOf(pageSchema(accountSchema), { items: [{ id: '1' }] })).toBe('items[0].platform');
    expect(pathOf(subaccountSchema, { name: 'Lumen' })).toBe('id');
  });

  it('a list that is none', () => {
    expect(pathOf(pageSchema(messageSchema), [])).toBe('');
    expect(pathOf(pageSchema(messageSchema), { items: {} })).toBe('items');
  });

  it('an empty id', () => {
    expect(pathOf(messageSchema, { ...MESSAGE, id: '' })).toBe('id');
  });
});

describe('times', () => {
  it.each([
    { text: '2026-11-22T10:00:00.123Z', at: Date.UTC(2026, 10, 22, 10, 0, 0, 123) },
    { text: '2026-11-22T10:00:00.123456Z', at: Date.UTC(2026, 10, 22, 10, 0, 0, 123) },
    { text: '2026-11-22T10:00:00+02:00', at: Date.UTC(2026, 10, 22, 8) },
    { text: '2026-11-22T10:00:00', at: Date.UTC(2026, 10, 22, 10) },
    { text: '2026-11-22 10:00:00', at: Date.UTC(2026, 10, 22, 10) },
    { text: '2026-11-22', at: Date.UTC(2026, 10, 22) },
  ])('reads $text, without a zone as UTC', ({ text, at }) => {
    expect(read(messageSchema, { ...MESSAGE, createdAt: text }).at).toBe(at);
  });

  it.each(['', 'yesterday', '22.11.2026', '2026-13-45T00:00:00Z', 'Comment 5', 1_700_000_000_000])(
    'does not take %j for a time',
    (createdAt) => {
      expect(pathOf(messageSchema, { ...MESSAGE, createdAt })).toBe('createdAt');
    },
  );
});
