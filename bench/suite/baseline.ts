// bench/baseline.json: figures of an earlier version that can be compared between machines.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Figure, type Part, rounded, type Size } from './figure.js';

/** Values by size, part and name of the figure. */
export type Baseline = Readonly<Partial<Record<Size, Readonly<Partial<Record<Part, Values>>>>>>;
type Values = Readonly<Record<string, number>>;

/** Change from which it is taken for more than noise. */
const NOISE = 0.15;

export interface Change {
  readonly stored: number;
  /** Difference as a share of the stored value. */
  readonly share: number;
  readonly verdict: 'better' | 'worse' | null;
}

export function readBaseline(file: string): Baseline {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Baseline) : {};
}

/** Returns null for a figure that is not portable or not stored. */
export function changeOf({ part, size, name, portable, isCost }: Figure, baseline: Baseline): Change | null {
  const stored = baseline[size]?.[part]?.[name];
  if (portable === null || stored === undefined) return null;
  const share = portable.value / stored - 1;
  if (Math.abs(share) <= NOISE) return { stored, share, verdict: null };
  return { stored, share, verdict: share > 0 === isCost ? 'worse' : 'better' };
}

/** Replaces the parts that were run, each at its size, and keeps the others. */
export function merged(baseline: Baseline, figures: readonly Figure[]): Baseline {
  const result: Partial<Record<Size, Partial<Record<Part, Values>>>> = {};
  for (const [size, parts] of Object.entries(baseline) as [Size, Partial<Record<Part, Values>>][])
    result[size] = { ...parts };
  for (const { part, size } of figures) (result[size] ??= {})[part] = {};
  for (const { part, size, name, portable } of figures) {
    const parts = (result[size] ??= {});
    if (portable !== null) parts[part] = { ...parts[part], [name]: rounded(portable.value) };
  }
  return result;
}

export function saveBaseline(file: string, figures: readonly Figure[]): void {
  writeFileSync(file, `${JSON.stringify(merged(readBaseline(file), figures), null, 2)}\n`);
}
