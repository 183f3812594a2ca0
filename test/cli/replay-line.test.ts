import { describe, expect, it } from 'vitest';
import { lineOf, lineSchema, usualLine } from '../../src/cli/replay-line.js';

const BEFORE = Date.UTC(2026, 9, 1);

const WHOLE = {
  id: 'm1',
  kind: 'comment',
  platform: 'instagram',
  account: 'shop-ig',
  text: 'how much?',
  at: '2026-03-02T08:00:00.000Z',
  contact: { id: 'p1', name: 'Ada', username: 'ada' },
  post: 'post-1',
  is_reply: true,
};

describe('a line of the usual form', () => {
  it.each([
    [WHOLE],
    [{ text: 'hi' }],
    [{ text: '' }],
    [{ ...WHOLE, more: { deep: [1] } }],
    [{ text: 'hi', on: 'comment' }],
    [{ text: 'hi', from: 'account' }],
    [{ text: 'hi', post: 'post-1' }],
    [{ text: 'hi', is_reply: true }],
    [{ ...WHOLE, contact: {} }],
    [{ ...WHOLE, contact: { id: 'p1', age: 7 } }],
    [{ ...WHOLE, at: '2024-02-28T23:59:59Z' }],
    [{ ...WHOLE, at: '2024-12-01T00:00:00.1Z' }],
    [JSON.parse('{"text":"hi","__proto__":{"id":"x"}}')],
  ])('is read as by the schema: %j', (line: unknown) => {
    expect(usualLine(line, BEFORE)).toEqual(lineOf(lineSchema.parse(line), BEFORE));
  });

  it.each([
    [null],
    ['text'],
    [[WHOLE]],
    [{}],
    [{ ...WHOLE, text: null }],
    [{ ...WHOLE, id: 7 }],
    [{ ...WHOLE, id: null }],
    [{ ...WHOLE, kind: 'post' }],
    [{ ...WHOLE, kind: 'constructor' }],
    [{ ...WHOLE, on: 'post' }],
    [{ ...WHOLE, from: 'ana' }],
    [{ ...WHOLE, platform: 'myspace' }],
    [{ ...WHOLE, account: false }],
    [{ ...WHOLE, is_reply: 'yes' }],
    [{ ...WHOLE, contact: null }],
    [{ ...WHOLE, contact: [] }],
    [{ ...WHOLE, contact: { id: 7 } }],
    [{ ...WHOLE, at: '2026-02-30T08:00:00Z' }],
    [{ ...WHOLE, at: '2026-01-31T08:00:00Z' }],
    [{ ...WHOLE, at: '2026-03-02T24:00:00Z' }],
    [{ ...WHOLE, at: '2026-03-02T08:00:00+01:00' }],
    [{ ...WHOLE, at: '2026-03-02T08:00:00' }],
    [{ ...WHOLE, at: 1_772_438_400_000 }],
  ])('is not: %j', (line: unknown) => {
    expect(usualLine(line, BEFORE)).toBeNull();
  });
});

describe('the kind of a line', () => {
  it.each([
    [{ kind: 'message', post: 'post-1' }, 'message'],
    [{ on: 'comment' }, 'comment'],
    [{ post: 'post-1' }, 'comment'],
    [{ is_reply: true }, 'comment'],
    [{ is_reply: false }, undefined],
    [{}, undefined],
  ])('is that of an event in a rule test: %j', (keys: object, kind) => {
    expect(lineOf(lineSchema.parse({ text: 'guide', ...keys }), BEFORE).kind).toBe(kind);
  });
});

it('a line from the account is what a human of the shop wrote', () => {
  const directions = ['account', 'contact', undefined].map(
    (from) => lineOf(lineSchema.parse({ text: 'hi', from }), BEFORE).direction,
  );
  expect(directions).toEqual(['outgoing', undefined, undefined]);
});
