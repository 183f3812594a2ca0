/**
 * Country, date, what date-holidays 3.37.0 says, and whether the law has the day off. KR: Seollal 2026 is 16 to 18 February
 * (the new moon of 17 February falls on the 17th in Seoul). TW: Teachers' Day, Retrocession Day and Constitution Day are
 * days off again by the Implementation Act for Memorial Days and Holidays of 28 May 2025.
 */
export const DIFFERENT: readonly (readonly [string, string, string | null, boolean])[] = [
  ['KR', '2026-02-16', null, true],
  ['KR', '2026-02-19', '설날', false],
  ['TW', '2026-09-28', null, true],
  ['TW', '2026-10-25', null, true],
  ['TW', '2026-12-25', null, true],
];
