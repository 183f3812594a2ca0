// Sets of possible values of a fact: either those listed, or all except those listed.

/** Restriction of a condition on one fact with few values. */
export interface ValueSet {
  readonly values: ReadonlySet<unknown>;
  /** True if all values except the listed ones are possible. */
  readonly allBut: boolean;
}

export function holdsValue({ values, allBut }: ValueSet, value: unknown): boolean {
  return values.has(value) !== allBut;
}

export function complement({ values, allBut }: ValueSet): ValueSet {
  return { values, allBut: !allBut };
}

export function intersection(a: ValueSet, b: ValueSet): ValueSet {
  if (a.allBut && b.allBut) return { values: new Set([...a.values, ...b.values]), allBut: true };
  const [listed, other] = a.allBut ? [b, a] : [a, b];
  return { values: new Set([...listed.values].filter((value) => holdsValue(other, value))), allBut: false };
}

export function union(a: ValueSet, b: ValueSet): ValueSet {
  return complement(intersection(complement(a), complement(b)));
}
