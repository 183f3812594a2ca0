/**
 * Country, date, the result of date-holidays 3.37.0, and whether the day is a holiday by law. The library's results are
 * measured: the test reads them. The last column comes from a report (issue 22) and was not looked up in the laws.
 */
export const DIFFERENT: readonly (readonly [string, string, string | null, boolean])[] = [
  ['KR', '2026-02-16', null, true],
  ['KR', '2026-02-19', '설날', false],
  ['TW', '2026-09-28', null, true],
  ['TW', '2026-10-25', null, true],
  ['TW', '2026-12-25', null, true],
];
