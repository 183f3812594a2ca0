import { eachInSteps, type Steps } from '../../domain/steps.js';
import { isSpaced, isWordHit } from '../text/words.js';
import { chainsOf } from './chains.js';
import type { Found } from './visited-set.js';

/** A folded keyword that is searched for literally at word borders. */
export interface WordKey {
  readonly key: number;
  readonly folded: string;
}

/** Keywords per step: each takes a microsecond or two. */
const PORTION = 500;

/**
 * Finds whole-word keywords by one of their words: the text is cut into runs of letters of scripts with
 * spaces, and each run is looked up. A word match has borders at both ends, so every run in the keyword is a
 * whole run of the text, and any one of them can serve as key; the keyword is stored under the run that the
 * fewest keywords share.
 */
export function* createWordTable(keys: readonly WordKey[]): Steps<(text: string, found: Found) => void> {
  const { offsets, hashes } = yield* filed(keys);
  const table = yield* chainsOf(hashes, Int32Array.from(keys.keys()));

  return (text, found) => {
    eachRun(text, (start, hash) => {
      for (let entry = table.first(hash); entry !== -1; entry = table.next(entry)) {
        const index = table.valueOf(entry);
        const { key, folded } = keys[index] as WordKey;
        const at = start - (offsets[index] ?? 0);
        if (at >= 0 && text.startsWith(folded, at) && isWordHit(text, at, at + folded.length)) found.add(key);
      }
    });
  };
}

/** The run under which each keyword is stored: its offset in the keyword, and its hash. */
function* filed(keys: readonly WordKey[]) {
  const shared = new Map<number, number>();
  const count = (_start: number, hash: number): void => void shared.set(hash, (shared.get(hash) ?? 0) + 1);
  yield* eachInSteps(keys, ({ folded }) => eachRun(folded, count), PORTION);
  const offsets = new Int32Array(keys.length);
  const hashes = new Int32Array(keys.length);
  const file = ({ folded }: WordKey, index: number): void => {
    let least = Infinity;
    eachRun(folded, (start, hash, end) => {
      // Runs that few keywords share first, then longer ones.
      const rarity = (shared.get(hash) ?? 0) - (end - start) / 1000;
      if (rarity >= least) return;
      least = rarity;
      offsets[index] = start;
      hashes[index] = hash;
    });
  };
  yield* eachInSteps(keys, file, PORTION);
  return { offsets, hashes };
}

/** True if a folded keyword has a run of letters that can serve as key. */
export function hasRun(folded: string): boolean {
  for (let at = 0; at < folded.length; at += 1) if (isSpaced(folded.codePointAt(at) ?? -1)) return true;
  return false;
}

function eachRun(text: string, visit: (start: number, hash: number, end: number) => void): void {
  let start = -1;
  let hash = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const point = unit >= 0xd800 && unit <= 0xdfff ? (text.codePointAt(at) ?? unit) : unit;
    if (isSpaced(point)) {
      if (start === -1) {
        start = at;
        hash = 0;
      }
      hash = (Math.imul(hash, 31) + point) | 0;
    } else if (start !== -1) {
      visit(start, hash, at);
      start = -1;
    }
    at += point > 0xffff ? 2 : 1;
  }
  if (start !== -1) visit(start, hash, at);
}
