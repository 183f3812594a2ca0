import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import { DAY } from '../../src/domain/time.js';
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

describe('the hours of a rule set', () => {
  it.each([
    ['split and overnight', shop({ mon: MORNING, tue: [...MORNING, ...LATE], sun: LATE })],
    ['never open', shop({})],
  ])('are those of the calendar, in whatever order they are asked for: %s', (_, calendar) => {
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

  it('are unknown for a calendar that there is not', () => {
    expect(compileSet([], [], () => null).hours('shop', TUESDAY)).toBeUndefined();
  });
});
