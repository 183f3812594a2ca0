import type { Features } from './features.js';
import { KINDS } from './features.js';
import { KIND_WEIGHTS } from './constants.js';
import { createIdTable, type IdTable } from './id-table.js';

/** Features that occur in the training texts. */
export interface Vocabulary {
  readonly ids: IdTable;
  /** Weight of each feature, by id. */
  readonly weights: Float64Array;
  /** Weight of a feature that no training text has. */
  readonly unknownWeight: number;
}

/**
 * A text as a vector of length 1. Features that no training text has count for the length, but have no entry.
 */
export interface Vector {
  readonly ids: readonly number[];
  readonly values: Float64Array;
  /** Index into the features, by position in `ids`. */
  readonly features: readonly number[];
}

/**
 * Weights of features. A feature has a higher weight the fewer rules have it and, to a lesser degree, the
 * fewer texts have it: the words of a topic occur in most examples of their rule and in no other rule.
 */
export function createVocabulary(
  texts: readonly { readonly features: Features; readonly owner: number }[],
  owners: number,
): Vocabulary {
  const ids = createIdTable();
  const inTexts: number[] = [];
  const inOwners: Set<number>[] = [];
  for (const { features, owner } of texts) {
    for (const hash of features.hashes) {
      const id = ids.add(hash);
      if (id === inTexts.length) {
        inTexts.push(0);
        inOwners.push(new Set());
      }
      inTexts[id] = (inTexts[id] ?? 0) + 1;
      inOwners[id]?.add(owner);
    }
  }
  const weightOf = (ownersWith: number, textsWith: number): number =>
    (Math.log((1 + owners) / (1 + ownersWith)) + 1) *
    Math.sqrt(Math.log((1 + texts.length) / (1 + textsWith)) + 1);
  return {
    ids,
    weights: Float64Array.from(inTexts, (count, id) => weightOf(inOwners[id]?.size ?? 0, count)),
    unknownWeight: weightOf(0, 0),
  };
}

// eslint-disable-next-line complexity -- each `?? 0` of a read counts as a branch
export function vectorOf({ hashes, kinds }: Features, { ids, weights, unknownWeight }: Vocabulary): Vector {
  const sums = new Float64Array(KINDS.length);
  const found: number[] = [];
  const features: number[] = [];
  for (let index = 0; index < hashes.length; index += 1) {
    const kind = kinds[index] ?? 0;
    const id = ids.idOf(hashes[index] ?? 0);
    const weight = id < 0 ? unknownWeight : (weights[id] ?? 0);
    sums[kind] = (sums[kind] ?? 0) + weight * weight;
    if (id < 0) continue;
    found.push(id);
    features.push(index);
  }
  const total = sums.reduce((all, sum, kind) => all + (sum > 0 ? (KIND_WEIGHTS[kind] ?? 0) : 0), 0);
  const scales = sums.map((sum, kind) => Math.sqrt((KIND_WEIGHTS[kind] ?? 0) / ((sum || 1) * (total || 1))));
  const values = new Float64Array(found.length);
  for (let at = 0; at < values.length; at += 1)
    values[at] = (weights[found[at] ?? 0] ?? 0) * (scales[kinds[features[at] ?? 0] ?? 0] ?? 0);
  return { ids: found, values, features };
}
