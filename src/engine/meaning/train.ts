import { finish, mapInSteps, type Steps } from '../../domain/steps.js';
import { kernelOf, NOT_TARGET, RIDGE } from './constants.js';
import type { Corpus, Row } from './corpus.js';
import { featuresOf, type StemCache } from './features.js';
import { createTriangle, factorize, inverseDiagonal, TILE, rowStart, solve, type Triangle } from './ridge.js';
import { createVocabulary, type Vector, vectorOf, type Vocabulary } from './vectors.js';

/** Inverted index of the training texts: for each feature the texts that have it, with its value in each. */
export interface Postings {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

/** A trained model: the score of a meaning is the sum over the texts of kernel · weight. */
export interface Trained {
  readonly corpus: Corpus;
  readonly vocabulary: Vocabulary;
  readonly postings: Postings;
  /**
   * Weights of four meanings at a time: by group of meanings, then by text, then by meaning. See `weightAt`.
   */
  readonly weights: Float32Array;
}

/** The part of a model that training adds to a corpus. */
export type Learnt = Omit<Trained, 'corpus'>;

/** Weight of a training text for a meaning. */
export function weightAt({ corpus: { rows }, weights }: Trained, meaning: number, row: number): number {
  return weights[(Math.floor(meaning / TILE) * rows.length + row) * TILE + (meaning % TILE)] ?? 0;
}

/** Number of texts per step. */
const PORTION = 10;

/** Trains a model. Takes time cubic in the number of texts: 2 seconds for 1,500. */
export function* train(corpus: Corpus): Steps<Trained> {
  const { trained } = yield* fit(corpus);
  return trained;
}

function* fit(corpus: Corpus): Steps<{ readonly trained: Trained; readonly factor: Triangle }> {
  const { rows, meanings, languages } = corpus;
  const cache: StemCache = new Map();
  const texts = yield* mapInSteps(
    rows,
    ({ words, meaning, kind }) => ({
      features: featuresOf(words, languages, cache),
      owner: kind === 'example' ? meaning : -1,
    }),
    PORTION,
  );
  const vocabulary = createVocabulary(texts, meanings.length);
  yield;
  const vectors = yield* mapInSteps(texts, ({ features }) => vectorOf(features, vocabulary), PORTION);
  const postings = postingsOf(vectors, vocabulary.ids.size);
  yield;
  const factor = createTriangle(rows.length);
  for (const [row, vector] of vectors.entries()) {
    const cosines = cosinesWith(vector, postings, rows.length);
    const start = rowStart(row);
    const kernel = kernelOf;
    for (let other = 0; other <= row; other += 1) factor[start + other] = kernel(cosines[other] ?? 0);
    factor[start + row] = (factor[start + row] ?? 0) + RIDGE;
    yield;
  }
  yield* factorize(factor, rows.length);
  const groups = Math.ceil(meanings.length / TILE);
  const weights = new Float32Array(groups * rows.length * TILE);
  for (let group = 0; group < groups; group += 1) {
    const columns = Float64Array.from({ length: rows.length * TILE }, (_, at) =>
      targetOf(rows[Math.floor(at / TILE)], group * TILE + (at % TILE)),
    );
    solve(factor, columns);
    weights.set(columns, group * columns.length);
    yield;
  }
  return { trained: { corpus, vocabulary, postings, weights }, factor };
}

function targetOf(row: Row | undefined, wanted: number): number {
  if (row?.meaning !== wanted || row.kind === 'background') return 0;
  return row.kind === 'example' ? 1 : NOT_TARGET;
}

/** Cosine similarity of a text with each training text. */
export function cosinesWith(
  { ids, values }: Vector,
  { starts, rows, values: learnt }: Postings,
  size: number,
): Float64Array {
  const cosines = new Float64Array(size);
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? 0;
    const value = values[at] ?? 0;
    const end = starts[id + 1] ?? 0;
    for (let entry = starts[id] ?? 0; entry < end; entry += 1) {
      const row = rows[entry] ?? 0;
      cosines[row] = (cosines[row] ?? 0) + value * (learnt[entry] ?? 0);
    }
  }
  return cosines;
}

/** Inverted index of vectors: the texts that have each feature. */
export function postingsOf(vectors: readonly Vector[], features: number): Postings {
  const starts = new Int32Array(features + 1);
  for (const { ids } of vectors) for (const id of ids) starts[id + 1] = (starts[id + 1] ?? 0) + 1;
  for (let id = 0; id < features; id += 1) starts[id + 1] = (starts[id + 1] ?? 0) + (starts[id] ?? 0);
  const total = starts[features] ?? 0;
  const rows = new Int32Array(total);
  const values = new Float32Array(total);
  const next = Int32Array.from(starts);
  for (const [row, vector] of vectors.entries()) {
    for (const [at, id] of vector.ids.entries()) {
      const entry = next[id] ?? 0;
      rows[entry] = row;
      values[entry] = vector.values[at] ?? 0;
      next[id] = entry + 1;
    }
  }
  return { starts, rows, values };
}

/** Scores of a training text, one per meaning. */
export interface Judged {
  readonly row: Row;
  /** Scores of a model trained without the text (leave-one-out). */
  readonly withoutIt: readonly number[];
  /** Scores of the model as trained, before the override for exact texts. */
  readonly fitted: readonly number[];
}

/** Scores all examples and `not` messages; leave-one-out has a closed form. */
export function judge(corpus: Corpus): readonly Judged[] {
  const { trained, factor } = finish(fit(corpus));
  const { rows, meanings } = corpus;
  const diagonal = finish(inverseDiagonal(factor, rows.length));
  return rows.flatMap((row, index) => {
    if (row.kind === 'background') return [];
    const scores = (lessOf: (weight: number) => number) =>
      meanings.map((_, meaning) => {
        const weight = weightAt(trained, meaning, index);
        return targetOf(row, meaning) - lessOf(weight);
      });
    return [
      {
        row,
        withoutIt: scores((weight) => weight / (diagonal[index] ?? 1)),
        fitted: scores((weight) => weight * RIDGE),
      },
    ];
  });
}
