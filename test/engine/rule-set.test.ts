import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { hoursAt } from '../../src/engine/calendar/hours.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { TUESDAY } from '../builders.js';

const shop = (open: Calendar['open']): Calendar => ({
  name: 'shop',
  timezone: 'Europe/Paris',
  open,
  closed: [{ from: '2026-11-25', to: '2026-11-25' }],
  special: {},
  holidays: null,
});
const MORNING = [{ from: 9 * 60, to: 12 * 60 }];
const LATE = [{ from: 22 * 60, to: 2 * 60 }];

describe('cached opening hours of a rule set', () => {
  it.each([
    ['split and overnight', shop({ mon: MORNING, tue: [...MORNING, ...LATE], sun: LATE })],
    ['never open', shop({})],
  ])('equal those of the calendar, in any order of queries: %s', (_, calendar) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10 * DAY }), { minLength: 1, maxLength: 40 }),
        (offsets) => {
          const set = compileSet([], [calendar], () => null);
          for (const offset of offsets) {
            const at = TUESDAY + offset;
            expect(set.hours('shop', at)).toEqual(hoursAt(calendar, at, () => null));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are unknown for a calendar that does not exist', () => {
    expect(compileSet([], [], () => null).hours('shop', TUESDAY)).toBeUndefined();
  });

  it('are computed again only after the next opening or closing', () => {
    const calendar = shop({ tue: MORNING });
    const set = compileSet([], [calendar], () => null);
    const atTen = set.hours('shop', TUESDAY);
    const noon = TUESDAY + 2 * HOUR;
    expect(set.hours('shop', TUESDAY)).toBe(atTen);
    expect(set.hours('shop', noon - 1)).toBe(atTen);
    // The cached value is not used for an earlier time.
    expect(set.hours('shop', TUESDAY - 1)).not.toBe(atTen);
    expect(set.hours('shop', noon)).toEqual(hoursAt(calendar, noon, () => null));
    expect(set.hours('shop', noon)?.state).toBe('closed');
  });

  it('are computed each time if their end is unknown', () => {
    const set = compileSet([], [shop({})], () => null);
    expect(set.hours('shop', TUESDAY)).not.toBe(set.hours('shop', TUESDAY));
  });

  it('are cached per calendar', () => {
    const other = { ...shop({}), name: 'other' };
    const set = compileSet([], [shop({ tue: MORNING }), other], () => null);
    expect(set.hours('shop', TUESDAY)?.state).toBe('open');
    expect(set.hours('other', TUESDAY)?.state).toBe('closed');
  });
});
