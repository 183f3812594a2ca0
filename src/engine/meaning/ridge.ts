// Kernel ridge regression: solves (K + ridge) · weights = targets by a Cholesky factorization, in steps.
import type { Steps } from '../steps.js';

/** A lower triangular matrix, packed by rows. */
export type Triangle = Float64Array;

export function createTriangle(size: number): Triangle {
  return new Float64Array((size * (size + 1)) / 2);
}

/** Position of the first entry of a row in the packed matrix. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

/** Four sums in parallel, because a processor can add to a single sum only every few cycles. */
export function dot(
  a: Float64Array,
  b: Float64Array,
  [from, other, length]: readonly [number, number, number],
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += at(a, from + i) * at(b, other + i);
    s1 += at(a, from + i + 1) * at(b, other + i + 1);
    s2 += at(a, from + i + 2) * at(b, other + i + 2);
    s3 += at(a, from + i + 3) * at(b, other + i + 3);
  }
  for (; i < length; i += 1) s0 += at(a, from + i) * at(b, other + i);
  return s0 + s1 + (s2 + s3);
}

/** Factorizes a symmetric positive definite matrix in place: afterwards L · Lᵀ is the given matrix. */
export function* factorize(matrix: Triangle, size: number): Steps<void> {
  for (let i = 0; i < size; i += 1) {
    const rowI = rowStart(i);
    for (let j = 0; j <= i; j += 1) {
      const rowJ = rowStart(j);
      const sum = at(matrix, rowI + j) - dot(matrix, matrix, [rowI, rowJ, j]);
      matrix[rowI + j] = i === j ? Math.sqrt(sum) : sum / (matrix[rowJ + j] ?? 1);
    }
    yield;
  }
}

/** Solves L · Lᵀ · x = b in place of b. */
export function solve(factor: Triangle, b: Float64Array): void {
  for (let i = 0; i < b.length; i += 1) {
    const row = rowStart(i);
    b[i] = (at(b, i) - dot(factor, b, [row, 0, i])) / at(factor, row + i);
  }
  for (let i = b.length - 1; i >= 0; i -= 1) {
    const row = rowStart(i);
    const x = at(b, i) / at(factor, row + i);
    b[i] = x;
    for (let k = 0; k < i; k += 1) b[k] = at(b, k) - at(factor, row + k) * x;
  }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

/** The diagonal of the inverse of L · Lᵀ, for leave-one-out in closed form. */
export function* inverseDiagonal(factor: Triangle, size: number): Steps<Float64Array> {
  const diagonal = new Float64Array(size);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j += 1) {
    let sum = 0;
    for (let i = j; i < size; i += 1) {
      const row = rowStart(i);
      let value = i === j ? 1 : 0;
      for (let k = j; k < i; k += 1) value -= (factor[row + k] ?? 0) * (column[k] ?? 0);
      column[i] = value / (factor[row + i] ?? 1);
      sum += (column[i] ?? 0) * (column[i] ?? 0);
    }
    diagonal[j] = sum;
    yield;
  }
  return diagonal;
}
