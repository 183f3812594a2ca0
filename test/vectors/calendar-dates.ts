/** A date, its hours and the source of the hours, for the calendar in the test. */
export const YEARLY: readonly (readonly [string, string, string])[] = [
  ['2026-12-23', '09:00-18:00', 'week'],
  ['2026-12-24', '09:00-12:00', 'special'],
  // `special` has precedence over `closed`.
  ['2026-12-25', '09:00-12:00', 'special'],
  ['2027-12-24', '10:00-11:00', 'special'],
  ['2028-12-24', '09:00-12:00', 'special'],
  ['2026-12-30', '09:00-18:00', 'week'],
  ['2026-12-31', '', 'closed'],
  ['2027-01-01', '', 'closed'],
  ['2027-01-02', '', 'closed'],
  ['2027-01-03', '09:00-18:00', 'week'],
  ['2027-02-08', '', 'closed'],
  ['2027-02-09', '', 'closed'],
  ['2028-02-09', '09:00-18:00', 'week'],
  ['2027-03-01', '', 'special'],
  ['2027-03-09', '', 'special'],
  ['2027-03-10', '09:00-18:00', 'week'],
  ['2028-02-29', '', 'special'],
  ['2027-02-28', '09:00-18:00', 'week'],
];
