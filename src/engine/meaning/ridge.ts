// Kernel ridge regression: solves (K + ridge) · weights = targets by a Cholesky factorization, in steps.
import type { Steps } from '../../domain/steps.js';

/** A lower triangular matrix, packed by rows. */
export type Triangle = Float64Array;

/** Rows and right-hand sides that are worked on together, so that a loaded number serves several of them. */
export const TILE = 4;
/** Columns per step of a factorization: a step takes at most some milliseconds. */
const COLUMNS = 256;

export function createTriangle(size: number): Triangle {
  return new Float64Array((size * (size + 1)) / 2);
}

/** Position of the first entry of a row in the packed matrix. */
export function rowStart(row: number): number {
  return (row * (row + 1)) / 2;
}

/** Factorizes a symmetric positive definite matrix in place: afterwards L · Lᵀ is the given matrix. */
export function* factorize(matrix: Triangle, size: number): Steps<void> {
  for (let i = 0; i < size; i += TILE) {
    const isWhole = i + TILE <= size;
    if (isWhole) {
      for (let from = 0; from < i; from += COLUMNS) {
        eliminate(matrix, i, from, Math.min(i, from + COLUMNS));
        yield;
      }
    }
    for (let row = i; row < Math.min(size, i + TILE); row += 1) finishRow(matrix, row, isWhole ? i : 0);
    yield;
  }
}

/**
 * Entries of four rows in the columns from `from` to `to`, two columns at a time. WARNING: the sums are eight
 * variables and not an array, which would take three times as long; each number that is read is used by several.
 */
// eslint-disable-next-line complexity -- each `?? 0` of a read counts as a branch; the loop has none
function eliminate(m: Triangle, i: number, from: number, to: number): void {
  const [p, q, u, v] = [rowStart(i), rowStart(i + 1), rowStart(i + 2), rowStart(i + 3)];
  for (let j = from; j < to; j += 2) {
    const a = rowStart(j);
    const b = rowStart(j + 1);
    let [s0, s1, s2, s3] = [m[p + j] ?? 0, m[q + j] ?? 0, m[u + j] ?? 0, m[v + j] ?? 0];
    let [t0, t1, t2, t3] = [m[p + j + 1] ?? 0, m[q + j + 1] ?? 0, m[u + j + 1] ?? 0, m[v + j + 1] ?? 0];
    for (let k = 0; k < j; k += 1) {
      const x = m[a + k] ?? 0;
      const y = m[b + k] ?? 0;
      const w0 = m[p + k] ?? 0;
      const w1 = m[q + k] ?? 0;
      const w2 = m[u + k] ?? 0;
      const w3 = m[v + k] ?? 0;
      s0 -= x * w0;
      s1 -= x * w1;
      s2 -= x * w2;
      s3 -= x * w3;
      t0 -= y * w0;
      t1 -= y * w1;
      t2 -= y * w2;
      t3 -= y * w3;
    }
    const first = m[a + j] ?? 1;
    const beside = m[b + j] ?? 0;
    const second = m[b + j + 1] ?? 1;
    m[p + j] = s0 /= first;
    m[q + j] = s1 /= first;
    m[u + j] = s2 /= first;
    m[v + j] = s3 /= first;
    m[p + j + 1] = (t0 - s0 * beside) / second;
    m[q + j + 1] = (t1 - s1 * beside) / second;
    m[u + j + 1] = (t2 - s2 * beside) / second;
    m[v + j + 1] = (t3 - s3 * beside) / second;
  }
}

/** Entries of a row from a column on, the diagonal included. */
function finishRow(m: Triangle, row: number, from: number): void {
  const own = rowStart(row);
  for (let j = from; j <= row; j += 1) {
    const other = rowStart(j);
    let sum = m[own + j] ?? 0;
    for (let k = 0; k < j; k += 1) sum -= (m[own + k] ?? 0) * (m[other + k] ?? 0);
    m[own + j] = row === j ? Math.sqrt(sum) : sum / (m[other + j] ?? 1);
  }
}

/** Solves L · Lᵀ · x = b for four right-hand sides at once, in place; they are stored entry by entry. */
export function solve(factor: Triangle, b: Float64Array): void {
  const size = b.length / TILE;
  let first = 0;
  while (first < b.length && b[first] === 0) first += 1;
  const start = Math.floor(first / TILE);
  for (let i = start; i < size; i += 1) forward(factor, b, i, start);
  for (let i = size - 1; i >= 0; i -= 1) backward(factor, b, i);
}

/** Entries before `start` are 0. */
function forward(factor: Triangle, b: Float64Array, i: number, start: number): void {
  const row = rowStart(i);
  const own = i * TILE;
  let [s0, s1, s2, s3] = [b[own] ?? 0, b[own + 1] ?? 0, b[own + 2] ?? 0, b[own + 3] ?? 0];
  for (let k = start; k < i; k += 1) {
    const x = factor[row + k] ?? 0;
    const at = k * TILE;
    s0 -= x * (b[at] ?? 0);
    s1 -= x * (b[at + 1] ?? 0);
    s2 -= x * (b[at + 2] ?? 0);
    s3 -= x * (b[at + 3] ?? 0);
  }
  const pivot = factor[row + i] ?? 1;
  b[own] = s0 / pivot;
  b[own + 1] = s1 / pivot;
  b[own + 2] = s2 / pivot;
  b[own + 3] = s3 / pivot;
}

function backward(factor: Triangle, b: Float64Array, i: number): void {
  const row = rowStart(i);
  const own = i * TILE;
  const pivot = factor[row + i] ?? 1;
  const x0 = (b[own] ?? 0) / pivot;
  const x1 = (b[own + 1] ?? 0) / pivot;
  const x2 = (b[own + 2] ?? 0) / pivot;
  const x3 = (b[own + 3] ?? 0) / pivot;
  b[own] = x0;
  b[own + 1] = x1;
  b[own + 2] = x2;
  b[own + 3] = x3;
  for (let k = 0; k < i; k += 1) {
    const y = factor[row + k] ?? 0;
    const at = k * TILE;
    b[at] = (b[at] ?? 0) - y * x0;
    b[at + 1] = (b[at + 1] ?? 0) - y * x1;
    b[at + 2] = (b[at + 2] ?? 0) - y * x2;
    b[at + 3] = (b[at + 3] ?? 0) - y * x3;
  }
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
