/** Quantile of the normal distribution for 95 %. */
const Z = 1.96;

/** Wilson score interval of a share, 95 %. */
export function wilson(right: number, all: number): readonly [number, number] | null {
  if (all === 0) return null;
  const share = right / all;
  const middle = share + (Z * Z) / (2 * all);
  const half = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * all)) / all);
  const scale = 1 + (Z * Z) / all;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

type Counted = readonly [number, number];

/**
 * Difference of two shares with its interval of 95 %, from the Wilson intervals of both (Newcombe 1998, method 10);
 * null if one of them counts nobody.
 */
export function shareDifference(
  [right, all]: Counted,
  [otherRight, otherAll]: Counted,
): { readonly value: number; readonly low: number; readonly high: number } | null {
  const one = wilson(right, all);
  const other = wilson(otherRight, otherAll);
  if (one === null || other === null) return null;
  const [p, q] = [right / all, otherRight / otherAll];
  return {
    value: p - q,
    low: p - q - Math.hypot(p - one[0], other[1] - q),
    high: p - q + Math.hypot(one[1] - p, q - other[0]),
  };
}
