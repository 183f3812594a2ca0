import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, insertRow, readPage, removeRow } from '../../src/sandbox/paging.js';
import type { Key, Page } from '../../src/sandbox/paging.js';

const NOON = Date.parse('2026-11-24T12:00:00Z');
const all = (): boolean => true;

function rowsOf(...keys: readonly (readonly [number, string])[]): Key[] {
  const rows: Key[] = [];
  for (const [seconds, id] of keys) insertRow(rows, { at: NOON + seconds * 1_000, id });
  return rows;
}

function walk(rows: Key[], limit: number, meanwhile: (page: number) => void = () => undefined): string[] {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let page = 1; page < 100; page += 1) {
    const before: Key | null = cursor === null ? null : (decodeCursor(cursor) ?? null);
    const got: Page<Key> = readPage(rows, { before, limit, wants: all });
    ids.push(...got.items.map(({ id }) => id));
    if (got.cursor === null) return ids;
    cursor = got.cursor;
    meanwhile(page);
  }
  throw new Error('the pages do not end');
}

describe('pages of a sandbox list', () => {
  test('are newest first and carry a cursor except the last', () => {
    const rows = rowsOf([1, 'a'], [2, 'b'], [3, 'c']);
    const first = readPage(rows, { before: null, limit: 2, wants: all });
    expect(first.items.map(({ id }) => id)).toEqual(['c', 'b']);
    expect(first.cursor).not.toBeNull();
    expect(readPage(rows, { before: null, limit: 3, wants: all }).cursor).toBeNull();
  });

  test('return every row once when all have the same time', () => {
    expect(walk(rowsOf([1, 'c'], [1, 'a'], [1, 'd'], [1, 'b']), 1)).toEqual(['d', 'c', 'b', 'a']);
  });

  test('neither repeat nor skip a row when newer ones arrive between two pages', () => {
    const rows = rowsOf([1, 'a'], [2, 'b'], [3, 'c']);
    expect(walk(rows, 1, (page) => insertRow(rows, { at: NOON + 9_000, id: `new${page}` }))).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  test('continue at the same place when the row of the cursor is deleted', () => {
    const rows = rowsOf([1, 'a'], [2, 'b'], [3, 'c'], [4, 'd']);
    const anchor = rows.find(({ id }) => id === 'c');
    const seen = walk(rows, 2, () => {
      if (anchor !== undefined) removeRow(rows, anchor);
    });
    expect(seen).toEqual(['d', 'c', 'b', 'a']);
  });

  test('apply filters without an empty last page', () => {
    const rows = rowsOf([1, 'a'], [2, 'b'], [3, 'c']);
    const page = readPage(rows, { before: null, limit: 1, wants: ({ id }) => id === 'c' });
    expect(page).toEqual({ items: [{ at: NOON + 3_000, id: 'c' }], cursor: null });
  });

  test('return each remaining row exactly once, whatever is added or deleted meanwhile', () => {
    const key = fc.record({ at: fc.integer({ min: 0, max: 5 }).map((s) => NOON + s), id: fc.uuid() });
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { selector: ({ id }) => id, maxLength: 12 }),
        fc.array(fc.tuple(fc.boolean(), key, fc.nat(20)), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (start, changes, limit) => {
          const rows: Key[] = [];
          start.forEach((row) => insertRow(rows, row));
          const staying = new Set(start.map(({ id }) => id));
          const pending = [...changes];
          const seen = walk(rows, limit, () => {
            const [arrives, row, place] = pending.pop() ?? [true, { at: NOON + 9, id: 'late' }, 0];
            const victim = rows[place % Math.max(1, rows.length)];
            if (arrives && !rows.some(({ id }) => id === row.id)) insertRow(rows, row);
            if (!arrives && victim !== undefined) {
              removeRow(rows, victim);
              staying.delete(victim.id);
            }
          });
          for (const id of staying) expect(seen.filter((other) => other === id)).toHaveLength(1);
          expect(new Set(seen).size).toBe(seen.length);
        },
      ),
    );
  });
});

describe('a sandbox cursor', () => {
  test('is `createdAt_id` in base64 and can be decoded', () => {
    const cursor = encodeCursor({ at: NOON, id: 'x_1' });
    expect(Buffer.from(cursor, 'base64').toString()).toBe('2026-11-24T12:00:00.000Z_x_1');
    expect(decodeCursor(cursor)).toEqual({ at: NOON, id: 'x_1' });
  });

  test.each([
    ['nothing', ''],
    ['not base64', '%%%'],
    ['another text in base64', Buffer.from('hello').toString('base64')],
    ['a cursor with an invalid time', Buffer.from('2026-99-99T12:00:00.000Z_a').toString('base64')],
    ['a cursor that was cut', encodeCursor({ at: NOON, id: 'abc' }).slice(0, 20)],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(decodeCursor(cursor)).toBeUndefined();
  });
});
