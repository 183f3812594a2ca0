import { createIdTable, type IdTableParts } from './id-table.js';
import type { Learnt } from './train.js';

/** A trained model as data that threads can pass on without a copy. */
export interface SentModel {
  /** Hash of the training data. */
  readonly hash: string;
  readonly ids: IdTableParts;
  readonly featureWeights: Float64Array;
  readonly unknownWeight: number;
  readonly postings: Learnt['postings'];
  readonly weights: Float32Array;
}

/** A model to send, and its buffers for the transfer list; the model is unusable after the transfer. */
export function packModel(
  hash: string,
  { vocabulary, postings, weights }: Learnt,
): { readonly model: SentModel; readonly buffers: readonly ArrayBufferLike[] } {
  const ids = vocabulary.ids.parts();
  const { starts, rows, values } = postings;
  const arrays = [ids.hashes, ids.ids, vocabulary.weights, starts, rows, values, weights];
  return {
    model: {
      hash,
      ids,
      postings,
      weights,
      featureWeights: vocabulary.weights,
      unknownWeight: vocabulary.unknownWeight,
    },
    buffers: arrays.map(({ buffer }) => buffer),
  };
}

export function unpackModel({ ids, featureWeights, unknownWeight, postings, weights }: SentModel): Learnt {
  return {
    vocabulary: { ids: createIdTable(ids), weights: featureWeights, unknownWeight },
    postings,
    weights,
  };
}
