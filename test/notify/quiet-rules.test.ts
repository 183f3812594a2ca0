import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/time.js';
import { quietRules, READ_FROM } from '../../src/notify/quiet-rules.js';
import type { RuleHour } from '../../src/store/ports/owner.js';
import { TUESDAY } from '../builders.js';
import { createDice, type Dice } from '../soak/dice.js';

const NOW = Math.floor(TUESDAY / DAY) * DAY;

interface Case {
  readonly name: string;
  /** Days before now on which the rule decided events, with their number. */
  readonly decided: readonly (readonly [day: number, n: number])[];
  /** Events of its account that no rule matched, on each of the last 56 days. */
  readonly others: number;
  /** Days before now on which these others came, first and last. */
  readonly during?: readonly [from: number, to: number];
  readonly isQuiet: boolean;
}

const range = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: Math.floor((from - to) / step) + 1 }, (_, n) => from - n * step);
const daily = (from: number, to: number, n = 2) => range(from, to).map((day) => [day, n] as const);
const weekly = (from: number, to: number, n = 5) => range(from, to, 7).map((day) => [day, n] as const);

const CASES: readonly Case[] = [
  { name: 'daily for weeks, and none for six days', decided: daily(40, 6), others: 8, isQuiet: true },
  { name: 'daily, and none since yesterday', decided: daily(40, 1), others: 8, isQuiet: false },
  { name: 'daily, and still', decided: daily(40, 0), others: 8, isQuiet: false },
  {
    name: 'daily, in a shop to which nobody writes any more',
    decided: daily(40, 5),
    others: 0,
    isQuiet: false,
  },
  {
    name: 'daily, in a shop that closed at the same time',
    decided: daily(40, 9),
    ...{ others: 8, during: [56, 9] },
    isQuiet: false,
  },
  {
    name: 'rare in a busy shop: one of a hundred, for four days',
    decided: daily(40, 4, 1),
    others: 100,
    isQuiet: false,
  },
  { name: 'rare in a busy shop, for ten days', decided: daily(40, 10, 1), others: 100, isQuiet: true },
  { name: 'on Sundays only, and it is Thursday', decided: weekly(53, 4), others: 8, isQuiet: false },
  {
    name: 'on weekdays, over a weekend',
    decided: daily(40, 3).filter(([day]) => ![2, 3].includes(day % 7)),
    ...{ others: 8, isQuiet: false },
  },
  { name: 'a campaign of one week', decided: daily(12, 6, 9), others: 8, isQuiet: false },
  {
    name: 'seldom',
    decided: [
      [40, 2],
      [31, 2],
      [20, 3],
      [9, 2],
    ],
    others: 8,
    isQuiet: false,
  },
  {
    name: 'daily with one gap of four days before, for seven days',
    decided: [...daily(40, 20), ...daily(16, 7)],
    ...{ others: 8, isQuiet: false },
  },
  {
    name: 'daily with one gap of four days before, for eleven days',
    decided: [...daily(40, 24), ...daily(20, 11)],
    ...{ others: 8, isQuiet: true },
  },
];

function hoursOf({ decided, others, during = [56, 0] }: Case): RuleHour[] {
  const noon = (day: number): number => (NOW - day * DAY) / HOUR - 12;
  return [
    ...decided.map(([day, n]) => ({ hour: noon(day), rule: 'price', account: 'shop-ig', n })),
    ...range(...during).map((day) => ({ hour: noon(day), rule: null, account: 'shop-ig', n: others })),
    // Another account, whose events say nothing about the rule.
    ...range(56, 0).map((day) => ({ hour: noon(day), rule: null, account: 'shop-fb', n: 500 })),
  ].filter(({ n }) => n > 0);
}

describe('a rule that decided events', () => {
  it.each(CASES)('$name: $isQuiet', (each) => {
    expect(quietRules(hoursOf(each), NOW).map(({ rule }) => rule)).toEqual(each.isQuiet ? ['price'] : []);
  });

  it('is called quiet once, with what came since', () => {
    const [found] = quietRules(hoursOf(CASES[0]!), NOW);
    expect(found).toMatchObject({ lastAt: NOW - 6 * DAY - 12 * HOUR, since: 48 });
    expect(found?.share).toBeCloseTo(56 / (56 + 27 * 8), 1);
  });
});

/** Notices in some years about a rule that matches at this rate by day, for ever, among four times as many others. */
function falseAlarms(dice: Dice, perDay: number, years: number): number {
  const hours: RuleHour[] = [];
  const alarms = new Set<number>();
  const begin = NOW / HOUR;
  let oldest = 0;
  for (let hour = begin; hour < begin + years * 365 * 24; hour += 1) {
    const isOpen = hour % 24 >= 8 && hour % 24 < 22;
    const chance = isOpen ? perDay / 14 : 0;
    if (dice.chance(chance)) hours.push({ hour, rule: 'r', account: 'a', n: 1 });
    if (dice.chance(chance * 4)) hours.push({ hour, rule: null, account: 'a', n: 1 });
    if (hour % 24 !== 0) continue;
    const from = hour - READ_FROM / HOUR;
    while ((hours[oldest]?.hour ?? from) < from) oldest += 1;
    for (const { lastAt } of quietRules(hours.slice(oldest), (hour + 1) * HOUR)) alarms.add(lastAt);
  }
  return alarms.size;
}

describe('rules that never change', () => {
  it.each([0.5, 1, 2, 5])(
    'are called quiet less than once in twenty years, at %d matches a day',
    (perDay) => {
      const dice = createDice(7);
      const RULES = 12;
      const YEARS = 2;
      let alarms = 0;
      for (let rule = 0; rule < RULES; rule += 1) alarms += falseAlarms(dice, perDay, YEARS);
      expect(alarms / RULES / YEARS).toBeLessThan(1 / 20);
    },
  );
});
