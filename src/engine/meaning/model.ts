import { kernelOf, LEAST_DOUBT, LEAST_LEAD, LEAST_SCORE } from './constants.js';
import { comparedWords, type ExampleRule, type Meaning } from './corpus.js';
import { explainScore } from './explain.js';
import { featuresOf, type StemCache } from './features.js';
import type { Compared, Model, Reading, Scored } from './reading.js';
import { TILE } from './ridge.js';
import { cosinesWith, type Trained } from './train.js';
import { vectorOf } from './vectors.js';

export function createModel(trained: Trained): Model {
  const { corpus } = trained;
  const cache: StemCache = new Map();
  return {
    hash: corpus.hash,
    read(text) {
      const words = comparedWords(text.raw);
      const features = featuresOf(words, corpus.languages, cache);
      const vector = vectorOf(features, trained.vocabulary);
      const cosines = cosinesWith(vector, trained.postings, corpus.rows.length);
      const scores = scoresOf(cosines, trained);
      applyExact(words.join(' '), scores, trained);
      return readingOf(scores, { features, vector, cosines }, trained);
    },
  };
}

/** Rounds scores, so that rounding errors of a sum decide nothing. */
const ROUNDING = 1e6;

/** Scores of a message, by meaning. Most training texts share something with it, but a third share nothing. */
function scoresOf(cosines: Float64Array, { corpus: { meanings }, weights }: Trained): number[] {
  const size = cosines.length;
  // Local names: tools that run TypeScript without a build turn each use of an import into a call.
  const [tile, kernel] = [TILE, kernelOf];
  const active = new Int32Array(size);
  const kernels = new Float64Array(size);
  let count = 0;
  for (let row = 0; row < size; row += 1) {
    const cosine = cosines[row] ?? 0;
    if (cosine === 0) continue;
    active[count] = row;
    kernels[count] = kernel(cosine);
    count += 1;
  }
  const scores = new Float64Array(Math.ceil(meanings.length / tile) * tile);
  for (let from = 0; from < scores.length; from += tile) {
    const start = from * size;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let at = 0; at < count; at += 1) {
      const share = kernels[at] ?? 0;
      const entry = start + (active[at] ?? 0) * tile;
      s0 += share * (weights[entry] ?? 0);
      s1 += share * (weights[entry + 1] ?? 0);
      s2 += share * (weights[entry + 2] ?? 0);
      s3 += share * (weights[entry + 3] ?? 0);
    }
    scores[from] = s0;
    scores[from + 1] = s1;
    scores[from + 2] = s2;
    scores[from + 3] = s3;
  }
  return Array.from(scores.subarray(0, meanings.length), (sum) => Math.round(sum * ROUNDING) / ROUNDING);
}

/**
 * A message with exactly the words of an example gets the full score of that example; one with the words of a
 * `not` message never matches the rule.
 */
function applyExact(key: string, scores: number[], { corpus: { exact, refused } }: Trained): void {
  const meaning = exact.get(key);
  if (meaning !== undefined && meaning >= 0) {
    for (let at = 0; at < scores.length; at += 1)
      scores[at] = at === meaning ? 1 : Math.min(scores[at] ?? 0, 0.5);
  }
  for (const [at, keys] of refused.entries()) if (keys.has(key)) scores[at] = 0;
}

function readingOf(scores: readonly number[], compared: Compared, trained: Trained): Reading {
  const { hash, meanings } = trained.corpus;
  const [best = -1, second = -1] = topTwo(scores);
  const scored = (at: number): Scored | null => {
    const score = scores[at] ?? 0;
    const rule = easiest(meanings[at]);
    return rule && score > 0 ? { rule: rule.id, score, needs: LEAST_SCORE[rule.examples.certainty] } : null;
  };
  const first = scored(best);
  const next = scored(second);
  const verdict = verdictOf(first, next);
  const { rules = [], key = null } = meanings[best] ?? {};
  const isMeant = ({ examples }: ExampleRule): boolean =>
    (first?.score ?? 0) >= LEAST_SCORE[examples.certainty];
  return {
    model: hash,
    verdict,
    best: first,
    second: next,
    key: verdict === 'nothing' ? null : key,
    meant: verdict === 'sure' ? rules.filter(isMeant).map(({ id }) => id) : [],
    scoreOf: (rule) => scores[meanings.findIndex((each) => each.rules.some(({ id }) => id === rule))] ?? 0,
    explain: () =>
      explainScore({ model: hash, verdict, best: first, second: next, meaning: best }, compared, trained),
  };
}

function verdictOf(best: Scored | null, second: Scored | null): Reading['verdict'] {
  if (best === null || best.score < Math.min(LEAST_DOUBT, best.needs)) return 'nothing';
  if (best.score < best.needs) return 'unsure';
  return best.score - (second?.score ?? 0) < LEAST_LEAD ? 'ambiguous' : 'sure';
}

/** The rule that needs the lowest score among the rules with the same examples. */
function easiest(meaning: Meaning | undefined): ExampleRule | undefined {
  const rules = meaning?.rules ?? [];
  return rules.reduce<ExampleRule | undefined>(
    (least, rule) =>
      least && LEAST_SCORE[least.examples.certainty] <= LEAST_SCORE[rule.examples.certainty] ? least : rule,
    undefined,
  );
}

function topTwo(scores: readonly number[]): readonly number[] {
  let best = -1;
  let second = -1;
  for (const [at, score] of scores.entries()) {
    if (best < 0 || score > (scores[best] ?? 0)) [best, second] = [at, best];
    else if (second < 0 || score > (scores[second] ?? 0)) second = at;
  }
  return [best, second];
}
