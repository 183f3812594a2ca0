// Trials: rules with examples drawn from a set, evaluated on its other messages.
import type { Certainty } from '../../src/domain/meaning.js';
import { LEAST_LEAD, LEAST_SCORE } from '../../src/engine/meaning/constants.js';
import { corpusOf, type ExampleRule } from '../../src/engine/meaning/corpus.js';
import { createModel } from '../../src/engine/meaning/model.js';
import { train } from '../../src/engine/meaning/train.js';
import { finish } from '../../src/domain/steps.js';
import { MessageText } from '../../src/engine/text/text.js';
import { diceOf } from '../dice.js';
import { type MessageSet, shuffled } from './sets.js';

/** The best and the second score for a message, and whether the best rule is right. */
export interface Asked {
  readonly score: number;
  readonly second: number;
  readonly isRight: boolean;
}

export interface Trial {
  /** Messages that one of the rules should match. */
  readonly covered: readonly Asked[];
  /** Messages that the set marks as covered by no topic. */
  readonly others: readonly Asked[];
  /** Messages of topics of the same set for which there is no rule. */
  readonly near: readonly Asked[];
}

/** Returns the best topic for a message, and the two highest scores. */
export type Classify = (
  text: string,
) => Promise<{ readonly topic: string | null; readonly score: number; readonly second: number }>;
/** Trains on the examples of topics. */
export type Learn = (examples: ReadonlyMap<string, readonly string[]>) => Promise<Classify>;

const TESTS = 20;
const NEAR = 200;

export interface Draw {
  readonly rules: number;
  /** Maximum number of examples per rule; Infinity for no limit. */
  readonly examples: number;
  readonly seed: number;
}

export async function trialOf(
  set: MessageSet,
  { rules, examples, seed }: Draw,
  learn: Learn,
): Promise<Trial> {
  const dice = diceOf(seed * 1_000 + rules * 7 + (Number.isFinite(examples) ? examples : 0));
  const enough = [...set.topics].filter(
    ([, { train: all }]) => !Number.isFinite(examples) || all.length >= examples,
  );
  const names = shuffled(enough.map(([name]) => name).sort(), dice);
  const drawn = names.slice(0, rules);
  const textsOf = (name: string, part: 'train' | 'test', most: number): string[] => {
    const all = set.topics.get(name)?.[part] ?? [];
    return Number.isFinite(most) ? shuffled(all, dice).slice(0, most) : all;
  };
  const classify = await learn(new Map(drawn.map((name) => [name, textsOf(name, 'train', examples)])));
  const ask = async (text: string, wanted: string | null): Promise<Asked> => {
    const { topic, score, second } = await classify(text);
    return { score, second, isRight: topic !== null && topic === wanted };
  };
  const covered: Asked[] = [];
  for (const name of drawn) {
    const most = Number.isFinite(examples) ? TESTS : Infinity;
    for (const text of textsOf(name, 'test', most)) covered.push(await ask(text, name));
  }
  const others: Asked[] = [];
  for (const text of set.others) others.push(await ask(text, null));
  const near: Asked[] = [];
  const foreign = names.slice(rules).flatMap((name) => textsOf(name, 'test', 4));
  for (const text of shuffled(foreign, dice).slice(0, NEAR)) near.push(await ask(text, null));
  return { covered, others, near };
}

/** The classifier of this program. */
export const learnExamples: Learn = (examples) => {
  const rules = [...examples].map(([id, texts]): ExampleRule => {
    const spec = { not: [], certainty: 'bold', languages: [], mode: 'live', isRanked: false } as const;
    return { id, examples: { texts, ...spec } };
  });
  const model = createModel(finish(train(corpusOf(rules))));
  return Promise.resolve((text) => {
    const { best, second } = model.read(new MessageText(text));
    return Promise.resolve({
      topic: best?.rule ?? null,
      score: best?.score ?? 0,
      second: second?.score ?? 0,
    });
  });
};

/** Results as shares in percent. */
export interface Shares {
  readonly right: number;
  readonly precision: number;
  readonly false: number;
  readonly near: number;
}

export function sharesAt(trials: readonly Trial[], certainty: Certainty): Shares {
  return shares(trials, LEAST_SCORE[certainty], LEAST_LEAD);
}

/** The highest share of right replies with at most `most` percent false ones, over all thresholds. */
export function bestShares(trials: readonly Trial[], most: number, lead: number): Shares | null {
  let best: Shares | null = null;
  for (const at of new Set(trials.flatMap(({ others }) => others.map(({ score }) => score + 1e-9)))) {
    const found = shares(trials, at, lead);
    if (found.false <= most && found.right > (best?.right ?? 0)) best = found;
  }
  return best;
}

/** The most right replies among the thresholds with the lowest share of false ones that gives right replies at all. */
export function leastFalse(trials: readonly Trial[], lead: number): Shares | null {
  let best: Shares | null = null;
  const scores = trials.flatMap(({ covered, others }) => [...covered, ...others].map(({ score }) => score));
  for (const at of new Set(scores)) {
    const found = shares(trials, at, lead);
    if (found.right === 0) continue;
    const isBetter =
      best === null || found.false < best.false || (found.false === best.false && found.right > best.right);
    if (isBetter) best = found;
  }
  return best;
}

function shares(trials: readonly Trial[], least: number, lead: number): Shares {
  const isAnswered = ({ score, second }: Asked): boolean => score >= least && score - second >= lead;
  const all = (part: keyof Trial): readonly Asked[] => trials.flatMap((trial) => trial[part]);
  const covered = all('covered');
  const answered = covered.filter(isAnswered);
  const right = answered.filter(({ isRight }) => isRight).length;
  const share = (part: readonly Asked[]): number => percent(part.filter(isAnswered).length, part.length);
  return {
    right: percent(right, covered.length),
    precision: percent(right, answered.length),
    false: share(all('others')),
    near: share(all('near')),
  };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
