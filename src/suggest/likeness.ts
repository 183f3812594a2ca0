// Similarity of messages to each other, by the same features as the comparison with examples.
import { fold } from '../engine/text/normalise.js';
import { backgroundOf } from '../engine/meaning/background.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import { featuresOf, type StemCache } from '../engine/meaning/features.js';
import { frequentIn, languageOf } from '../engine/meaning/languages.js';
import { cosinesWith, postingsOf } from '../engine/meaning/train.js';
import { createVocabulary, vectorOf } from '../engine/meaning/vectors.js';
import { mapInSteps, type Steps } from '../domain/steps.js';

/** Texts that resemble a text, itself included, by index. */
export interface Likeness {
  readonly texts: readonly number[];
  readonly cosines: readonly number[];
}

/** A language counts if at least this share of the texts is written in it. */
const LEAST_SHARE = 0.05;
const PORTION = 10;

/** For each text the texts whose cosine with it is at least `least`. */
export function* likenessesOf(
  texts: readonly { readonly text: string; readonly words: readonly string[] }[],
  least: number,
): Steps<readonly Likeness[]> {
  const found = yield* mapInSteps(texts, ({ text, words }) => languageOf(fold(text), words));
  const languages = frequentIn(found, LEAST_SHARE);
  const cache: StemCache = new Map();
  // Everyday sentences beside them: "what is the" alone makes no two messages alike.
  const all = [...texts.map(({ words }) => words), ...languages.flatMap(backgroundOf).map(comparedWords)];
  const features = yield* mapInSteps(all, (words) => featuresOf(words, languages, cache), PORTION);
  const vocabulary = createVocabulary(
    features.map((each, at) => ({ features: each, owner: Math.max(0, at - texts.length + 1) })),
    features.length - texts.length + 1,
  );
  yield;
  const vectors = yield* mapInSteps(
    features.slice(0, texts.length),
    (each) => vectorOf(each, vocabulary),
    PORTION,
  );
  const postings = postingsOf(vectors, vocabulary.ids.size);
  yield;
  return yield* mapInSteps(
    vectors,
    (vector) => {
      const cosines = cosinesWith(vector, postings, vectors.length);
      const near: number[] = [];
      for (const [index, cosine] of cosines.entries()) if (cosine >= least) near.push(index);
      return { texts: near, cosines: near.map((index) => cosines[index] ?? 0) };
    },
    PORTION,
  );
}
