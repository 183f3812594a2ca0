import { fold } from '../engine/text/normalise.js';
import type { Group } from './groups.js';

/** Counts of a word in a group, and in all messages. */
export interface WordShare {
  readonly word: string;
  /** Share of the group's messages that have it. */
  readonly share: number;
  /** Share of its messages that are in the group. */
  readonly own: number;
}

/** Counts messages with a word. */
export type CountWord = (word: string) => number;

const SHORTEST = 3;
/** A word of a name occurs in at least this share of the group's messages. */
const LEAST_SHARE = 0.4;
const MOST_WORDS = 2;
const LETTER = /\p{L}/u;

/** A counter of the messages with a word. */
export function wordCounter(texts: readonly (readonly string[])[]): CountWord {
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => counts.get(word) ?? 0;
}

/** The words that tell a group from all other messages, the clearest first. */
export function tellingWords({ wordings, messages }: Group, everywhere: CountWord): readonly WordShare[] {
  const inGroup = new Map<string, number>();
  for (const { words, events } of wordings)
    for (const word of new Set(words)) inGroup.set(word, (inGroup.get(word) ?? 0) + events.length);
  return [...inGroup]
    .filter(([word]) => word.length >= SHORTEST && LETTER.test(word))
    .map(([word, n]) => ({ word, share: n / messages, own: n / Math.max(n, everywhere(word)) }))
    .sort(
      (a, b) =>
        b.share * b.own - a.share * a.own || b.word.length - a.word.length || (a.word < b.word ? -1 : 1),
    );
}

/** A rule id made of the group's own words; a number where an id cannot contain them. */
export function nameOf(group: Group, telling: readonly WordShare[], taken: ReadonlySet<string>): string {
  const chosen = telling.filter(({ share }, at) => at === 0 || share >= LEAST_SHARE).slice(0, MOST_WORDS);
  const words = chosen.map(({ word }) => word);
  const [typical] = group.wordings;
  const order = (word: string): number => typical?.words.indexOf(word) ?? -1;
  const inOrder = words.toSorted((a, b) => order(a) - order(b));
  const id = fold(inOrder.join('-')).replace(/[^a-z0-9-]/gu, '');
  const base = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/u.test(id) ? id.slice(0, 60) : 'question';
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(name)) return name;
  }
}
