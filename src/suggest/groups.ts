import type { InboundEvent } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import { mapInSteps, type Steps } from '../domain/steps.js';
import { type Likeness, likenessesOf } from './likeness.js';

/** Messages in the same words. */
export interface Wording {
  /** Text of the latest of them, as written. */
  readonly text: string;
  readonly words: readonly string[];
  readonly events: readonly InboundEvent[];
}

/** Messages that resemble each other and that nothing answered. */
export interface Group {
  /** The most typical one first. */
  readonly wordings: readonly Wording[];
  readonly messages: number;
  readonly contacts: number;
  readonly latest: Instant;
}

export interface Grouped {
  /** The largest first. */
  readonly groups: readonly Group[];
  /** Messages that resemble too few others. */
  readonly alone: number;
  /** Messages without a letter, which are never compared. */
  readonly wordless: number;
  /** Messages left out because there are too many different ones: the oldest. */
  readonly older: number;
}

/** Least cosine with the most typical message. Chosen on CLINC150 and HINT3. */
const LEAST_LIKENESS = 0.35;
/** Maximum number of different wordings: comparing all pairs takes time quadratic in it. */
const MOST_WORDINGS = 3_000;
/** A group of fewer messages is not worth a rule. */
const FEWEST_MESSAGES = 3;

/**
 * Groups messages around the most typical ones: the message that most others resemble forms a group with them, and
 * so on with the rest. Depends on the messages alone, not on their order.
 */
export function* groupMessages(events: readonly InboundEvent[]): Steps<Grouped> {
  const { wordings, wordless, older } = yield* wordingsOf(events);
  const near = yield* likenessesOf(wordings, LEAST_LIKENESS);
  const groups: Group[] = [];
  let alone = 0;
  for (const members of yield* cluster(wordings, near)) {
    const group = groupOf(members);
    if (group.messages >= FEWEST_MESSAGES) groups.push(group);
    else alone += group.messages;
  }
  groups.sort((a, b) => b.contacts - a.contacts || b.messages - a.messages || b.latest - a.latest);
  return { groups, alone, wordless, older };
}

interface Wordings {
  readonly wordings: readonly Wording[];
  readonly wordless: number;
  readonly older: number;
}

function* wordingsOf(events: readonly InboundEvent[]): Steps<Wordings> {
  const byKey = new Map<string, { words: readonly string[]; events: InboundEvent[] }>();
  let wordless = 0;
  yield* mapInSteps(events, (event) => {
    const words = comparedWords(event.text);
    const key = `${event.kind} ${words.join(' ')}`;
    const known = byKey.get(key);
    if (words.length === 0) wordless += 1;
    else if (known) known.events.push(event);
    else byKey.set(key, { words, events: [event] });
  });
  const all = [...byKey.values()].map(({ words, events: same }): Wording => {
    same.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
    return { text: same[0]?.text ?? '', words, events: same };
  });
  all.sort((a, b) => latestOf(b) - latestOf(a) || (a.words.join(' ') < b.words.join(' ') ? -1 : 1));
  const older = all.slice(MOST_WORDINGS).reduce((sum, each) => sum + each.events.length, 0);
  return { wordings: all.slice(0, MOST_WORDINGS), wordless, older };
}

function latestOf({ events }: Wording): Instant {
  return events[0]?.at ?? 0;
}

/** Repeatedly takes the wording with the most messages that resemble it, of those not taken yet. */
function* cluster(
  wordings: readonly Wording[],
  near: readonly Likeness[],
): Steps<readonly (readonly Wording[])[]> {
  const kinds = wordings.map(({ events }) => events[0]?.kind);
  const weights = wordings.map(({ events }) => events.length);
  const free = new Set(wordings.keys());
  // A rule is for messages or for comments, so a group is too.
  const alike = near.map(({ texts, cosines }, own) =>
    texts
      .map((index, at) => ({ index, cosine: cosines[at] ?? 0 }))
      .filter(({ index }) => kinds[index] === kinds[own])
      .sort((a, b) => b.cosine - a.cosine || a.index - b.index),
  );
  const sums = alike.map((all) => all.reduce((sum, { index }) => sum + (weights[index] ?? 0), 0));
  const clusters: Wording[][] = [];
  while (free.size > 0) {
    const centre = heaviest(free, sums);
    const members = (alike[centre] ?? []).filter(({ index }) => free.delete(index));
    // A text of unknown features alone does not even resemble itself.
    free.delete(centre);
    for (const { index } of members) {
      for (const other of alike[index] ?? [])
        sums[other.index] = (sums[other.index] ?? 0) - (weights[index] ?? 0);
    }
    clusters.push(members.flatMap(({ index }) => wordings[index] ?? []));
    yield;
  }
  return clusters;
}

function heaviest(free: ReadonlySet<number>, sums: readonly number[]): number {
  let best = -1;
  for (const index of free) if (best < 0 || (sums[index] ?? 0) > (sums[best] ?? 0)) best = index;
  return best;
}

function groupOf(wordings: readonly Wording[]): Group {
  const events = wordings.flatMap((wording) => wording.events);
  return {
    wordings,
    messages: events.length,
    contacts: new Set(events.map(({ account, contact }) => `${account} ${contact.id}`)).size,
    latest: Math.max(...events.map(({ at }) => at)),
  };
}
