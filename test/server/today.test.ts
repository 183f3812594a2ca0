import { expect, it } from 'vitest';
import type { Reason } from '../../src/domain/reason.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { todayView } from '../../src/server/today.js';
import { TUESDAY } from '../builders.js';

const figure = (hoursAgo: number, reason: Reason, n: number) => {
  return { hour: Math.floor((TUESDAY - hoursAgo * HOUR) / HOUR), rule: null, reason, account: 'shop-ig', n };
};

it('Today compares a range with the one before, and excludes our own messages', () => {
  const figures = [
    figure(1, 'replied', 5),
    figure(2, 'no_match', 3),
    figure(3, 'own_message', 50),
    figure(4, 'shadow', 2),
    figure(8 * 24, 'replied', 4),
  ];
  const leads = [{ hour: Math.floor((TUESDAY - HOUR) / HOUR), n: 2, emails: 1 }];
  const view = todayView(TUESDAY, 7, 0, { figures, leads });
  expect(view.current).toEqual({ answered: 5, shadow: 2, leftAlone: 3, leads: 2, emails: 1 });
  expect(view.previous).toEqual({ answered: 4, shadow: 0, leftAlone: 0, leads: 0, emails: 0 });
  expect(view.reasons).toEqual({ replied: 5, no_match: 3, shadow: 2 });
  expect(view.days).toHaveLength(7);
  // The chart agrees with the figures: what a shadow rule would reply does not count as replied.
  expect(view.days.at(-1)).toEqual({ answered: 5, shadow: 2, leftAlone: 3 });
});

it('Today begins on the first day with an event, and shows no comparison without earlier data', () => {
  const view = todayView(TUESDAY, 30, 0, { figures: [figure(49, 'replied', 1)], leads: [] });
  expect(view.previous).toBeNull();
  expect(view.days.map(({ answered }) => answered)).toEqual([1, 0, 0]);
});

it("Today counts by days in the reader's time zone", () => {
  const midnight = Math.floor(TUESDAY / DAY) * DAY;
  const figures = [{ ...figure(0, 'replied', 1), hour: midnight / HOUR - 1 }];
  const now = midnight + HOUR;
  const answeredToday = (ahead: number) => todayView(now, 7, ahead, { figures, leads: [] }).today.answered;
  expect([answeredToday(0), answeredToday(-5 * HOUR), answeredToday(9 * HOUR)]).toEqual([0, 1, 1]);
});
