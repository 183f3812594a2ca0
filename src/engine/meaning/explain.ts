import type { MeaningTrace } from '../../domain/meaning.js';
import { kernelOf } from './constants.js';
import type { Compared, Scored } from './reading.js';
import { type Trained, weightAt } from './train.js';

const MOST_EXAMPLES = 3;
const MOST_WORDS = 8;

interface Outcome extends Pick<MeaningTrace, 'model' | 'verdict'> {
  readonly best: Scored | null;
  readonly second: Scored | null;
  /** Index of the meaning with the best score. */
  readonly meaning: number;
}

/**
 * Explains the best score as a sum. Each training text contributes kernel · weight. The contribution of a
 * text is split among the features that it shares with the message, in proportion to their part of the
 * cosine, and so among the words of the message.
 */
export function explainScore(outcome: Outcome, compared: Compared, trained: Trained): MeaningTrace {
  const { model, verdict, best, second, meaning } = outcome;
  const shares = sharesOf(meaning, compared, trained);
  return {
    model,
    verdict,
    best: best && { ...best, score: rounded(best.score) },
    second: second && { rule: second.rule, score: rounded(second.score) },
    examples: best ? nearest(shares, trained) : [],
    words: best ? wordShares(shares, compared, trained) : [],
    unknown: unknownWords(compared),
  };
}

/** Contribution of each training text to the score. */
function sharesOf(meaning: number, { cosines }: Compared, trained: Trained): Float64Array {
  return cosines.map((cosine, row) => kernelOf(cosine) * weightAt(trained, meaning, row));
}

function nearest(shares: Float64Array, { corpus: { rows, meanings } }: Trained): MeaningTrace['examples'] {
  return [...shares.keys()]
    .filter((row) => rows[row]?.kind === 'example' && shares[row] !== 0)
    .sort((a, b) => Math.abs(shares[b] ?? 0) - Math.abs(shares[a] ?? 0) || a - b)
    .slice(0, MOST_EXAMPLES)
    .map((row) => ({
      rule: meanings[rows[row]?.meaning ?? -1]?.rules[0]?.id ?? '',
      text: rows[row]?.text ?? '',
      share: rounded(shares[row] ?? 0),
    }));
}

function wordShares(shares: Float64Array, compared: Compared, { postings }: Trained): MeaningTrace['words'] {
  const { features, vector, cosines } = compared;
  const byWord = new Map<string, number>();
  for (const [at, id] of vector.ids.entries()) {
    let sum = 0;
    for (const entry of entriesOf(id, postings)) {
      const row = postings.rows[entry] ?? 0;
      sum += ((postings.values[entry] ?? 0) / (cosines[row] ?? 1)) * (shares[row] ?? 0);
    }
    const word = features.words[ownerOf(compared, at)] ?? '';
    byWord.set(word, (byWord.get(word) ?? 0) + sum * (vector.values[at] ?? 0));
  }
  return [...byWord]
    .map(([word, share]) => ({ word, share: rounded(share) }))
    .filter(({ share }) => share !== 0)
    .sort((a, b) => b.share - a.share || (a.word < b.word ? -1 : 1))
    .slice(0, MOST_WORDS);
}

function* entriesOf(id: number, { starts }: Trained['postings']): Generator<number> {
  const end = starts[id + 1] ?? 0;
  for (let entry = starts[id] ?? 0; entry < end; entry += 1) yield entry;
}

/** Index of the word to which a feature of the vector belongs. */
function ownerOf({ features, vector }: Compared, at: number): number {
  return features.owners[vector.features[at] ?? 0] ?? 0;
}

/**
 * Words of the message of which no stem occurs in an example; in scripts without spaces, runs of which no
 * character occurs in one.
 */
function unknownWords({ features, vector }: Compared): readonly string[] {
  const known = new Set<number>();
  const hasStem = new Set<number>();
  for (const [index, kind] of features.kinds.entries())
    if (kind === 0) hasStem.add(features.owners[index] ?? -1);
  for (const index of vector.features) {
    const owner = features.owners[index] ?? -1;
    if (features.kinds[index] === 0 || !hasStem.has(owner)) known.add(owner);
  }
  const unknown = features.words.filter((_, owner) => !known.has(owner));
  return [...new Set(unknown)].slice(0, MOST_WORDS);
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
