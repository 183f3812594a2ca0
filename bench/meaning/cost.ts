// Time and memory of a model, on random words.
import { corpusOf, type ExampleRule } from '../../src/engine/meaning/corpus.js';
import { createModel } from '../../src/engine/meaning/model.js';
import { train } from '../../src/engine/meaning/train.js';
import { MessageText } from '../../src/engine/text/text.js';
import { type Dice, diceOf } from '../dice.js';

const SYLLABLES = 'ka lo mi ter san ver dor bel nit pa ru sho len gra tis mon fi cal du rep'.split(' ');
const FRAMES = [
  'how do i',
  'can you tell me when',
  'i want to know the',
  'what is the',
  'please send me',
  'is there',
];
const MESSAGES = 300;
const RUNS = 10;

function words(dice: Dice, count: number): string {
  const word = (): string => Array.from({ length: 1 + dice.below(3) }, () => dice.pick(SYLLABLES)).join('');
  return Array.from({ length: count }, word).join(' ');
}

/** A sentence of a frame and random words. */
export function sentenceOf(dice: Dice): string {
  return `${dice.pick(FRAMES)} ${words(dice, 4)}`;
}

/** CPU of the cheapest of several runs, in milliseconds: other work on the machine only adds to it. */
function cheapest(run: () => void): number {
  const costs = Array.from({ length: RUNS }, () => {
    const cpu = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}

/** A line for each size: training, the longest step of it, CPU a message and memory. */
export function measureCost(): string {
  return [
    { rules: 30, examples: 10 },
    { rules: 150, examples: 10 },
  ]
    .map(({ rules, examples }) => {
      const dice = diceOf(7);
      const sentence = (): string => sentenceOf(dice);
      const all = Array.from({ length: rules }, (_, id): ExampleRule => {
        const texts = Array.from({ length: examples }, sentence);
        const spec = {
          not: [],
          certainty: 'bold',
          languages: ['en'],
          mode: 'live',
          isRanked: false,
        } as const;
        return { id: `rule-${id}`, examples: { texts, ...spec } };
      });
      globalThis.gc?.();
      const before = process.memoryUsage();
      const begun = performance.now();
      const steps = train(corpusOf(all));
      let longest = 0;
      for (;;) {
        const from = performance.now();
        const step = steps.next();
        longest = Math.max(longest, performance.now() - from);
        if (step.done !== true) continue;
        const model = createModel(step.value);
        const trained = performance.now() - begun;
        globalThis.gc?.();
        const after = process.memoryUsage();
        const texts = Array.from({ length: MESSAGES }, () => new MessageText(sentence()));
        for (const text of texts.slice(0, 200)) model.read(text);
        const cost = cheapest(() => {
          for (const text of texts) model.read(text);
        });
        const held = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
        return [
          `${rules} x ${examples}: trained in ${Math.round(trained)} ms (longest step ${longest.toFixed(1)} ms)`,
          `${(cost / MESSAGES).toFixed(3)} ms of CPU a message`,
          `${(held / 1e6).toFixed(1)} MB`,
        ].join(', ');
      }
    })
    .join('\n');
}
