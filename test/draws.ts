/**
 * The number of cases that a property draws. A fixed seed draws the same cases in every run, so the usual number is
 * just large enough to reach the cases that the test names. DRAWS=20 draws twenty times as many, for a nightly run.
 */
export function draws(usual: number): number {
  return Math.ceil(usual * Number(process.env['DRAWS'] ?? 1));
}
