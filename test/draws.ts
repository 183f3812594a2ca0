/**
 * How many cases a property draws. The usual number is for every run: a seed that is fixed draws the same cases each time,
 * so it has those that reach what the test names, and no more. DRAWS=20 draws twenty times as many, for a night.
 */
export function draws(usual: number): number {
  return Math.ceil(usual * Number(process.env['DRAWS'] ?? 1));
}
