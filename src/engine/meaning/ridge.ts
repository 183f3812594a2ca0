// Kernel ridge regression: solves (K + ridge) · weights = targets by a Cholesky factorization, in steps.
import type { Steps } from '../steps.js';

/** A lower triangular matrix, packed by rows. */
export type Triangle = Float64Array;

export function createTriangle(size: number): Triangle {
  return new Float64Array((size * (size + 1)) / 2);
}

/** Position of the first entry of a row. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

/** Factorizes a symmetric positive definite matrix in place: afterwards L · Lᵀ is the given matrix. */
export function* factorize(matrix: Triangle, size: number): Steps<void> {
  for (let i = 0; i < size; i += 1) {
    const rowI = rowStart(i);
    for (let j = 0; j <= i; j += 1) {
      const rowJ = rowStart(j);
      let sum = matrix[rowI + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (matrix[rowI + k] ?? 0) * (matrix[rowJ + k] ?? 0);
      matrix[rowI + j] = i === j ? Math.sqrt(sum) : sum / (matrix[rowJ + j] ?? 1);
    }
    yield;
  }
}

/** Solves L · Lᵀ · x = b in place of b. */
export function solve(factor: Triangle, b: Float64Array): void {
  for (let i = 0; i < b.length; i += 1) b[i] = (at(b, i) - dot(factor, b, i)) / at(factor, rowStart(i) + i);
  for (let i = b.length - 1; i >= 0; i -= 1) {
    const row = rowStart(i);
    const x = at(b, i) / at(factor, row + i);
    b[i] = x;
    for (let k = 0; k < i; k += 1) b[k] = at(b, k) - at(factor, row + k) * x;
  }
}

/** The begin of row i times the begin of b. */
function dot(factor: Triangle, b: Float64Array, i: number): number {
  const row = rowStart(i);
  let sum = 0;
  for (let k = 0; k < i; k += 1) sum += at(factor, row + k) * at(b, k);
  return sum;
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
