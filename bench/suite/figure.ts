// A figure of a benchmark: what this version takes, beside another build, and what may be compared between machines.

export const PARTS = [
  'commands',
  'replay',
  'start',
  'change',
  'engine',
  'build',
  'reload',
  'pipeline',
  'idle',
  'dashboard',
  'quiet',
  'fleet',
] as const;
export type Part = (typeof PARTS)[number];

/** Sizes that a figure was measured with. Figures of different sizes are not compared. */
export const SIZES = ['quick', 'usual', 'full'] as const;
export type Size = (typeof SIZES)[number];

export type Unit =
  'ms' | 'µs' | 's' | 'MB' | 'times' | 'a second' | 'statements' | '%' | '% of a core' | 'workspaces';

/** The target of docs/performance.md. */
export interface Target {
  /** The figure itself, or its ratio to the other build. */
  readonly of: 'value' | 'ratio';
  readonly is: 'at most' | 'at least';
  readonly limit: number;
}

export interface Figure {
  readonly part: Part;
  readonly size: Size;
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
  /** Whether less of it is better. */
  readonly isCost: boolean;
  /** Value for bench/baseline.json; null for a figure that depends on the machine. */
  readonly portable: Portable | null;
  /** Value of the other build, and median of this version's share of it in each pair. */
  readonly vs: { readonly value: number; readonly ratio: number } | null;
  readonly asked: readonly Target[];
}

/** CPU times are counted in bare `node -e 0`, since other machines have other times and nearly the same ratios. */
export interface Portable {
  readonly value: number;
  readonly unit: 'nodes' | Unit;
}

/** Runs of this version and of the other build, if there is one, directly after each other. */
export interface Pair<T> {
  readonly own: T;
  readonly other: T | null;
  /** CPU time of a bare Node just before, in milliseconds. */
  readonly bare: number;
}

/** The description of a figure, and how it is read from a run. */
export interface Spec<T> {
  readonly part: Part;
  readonly size: Size;
  readonly name: string;
  readonly unit: Unit;
  readonly of: (run: T) => number;
  /** `cpu`: portable in bare Nodes; `same`: portable as it is. @default not portable */
  readonly portable?: 'cpu' | 'same';
  /** @default true */
  readonly isCost?: boolean;
  readonly asked?: readonly Target[];
}

export function figureOf<T>(pairs: readonly Pair<T>[], spec: Spec<T>): Figure {
  const { part, size, name, unit, of, portable, isCost = true, asked = [] } = spec;
  const value = median(pairs.map(({ own }) => of(own)));
  const both = pairs.flatMap(({ own, other }) =>
    other === null ? [] : [{ own: of(own), other: of(other) }],
  );
  const nodes = median(pairs.map(({ own, bare }) => of(own) / bare));
  const vs = {
    value: median(both.map(({ other }) => other)),
    ratio: median(both.map(({ own, other }) => own / other)),
  };
  return {
    ...{ part, size, name, unit, value, isCost, asked },
    portable:
      portable === undefined ? null : portable === 'cpu' ? { value: nodes, unit: 'nodes' } : { value, unit },
    vs: Number.isFinite(vs.value) ? vs : null,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** Whether a figure meets a target; null if it was not compared with another build, as the target needs. */
export function meets(
  { value, vs }: Pick<Figure, 'value' | 'vs'>,
  { of, is, limit }: Target,
): boolean | null {
  const measured = of === 'value' ? value : vs?.ratio;
  if (measured === undefined) return null;
  return is === 'at most' ? measured <= limit : measured >= limit;
}
