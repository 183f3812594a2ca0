// `npm run funnel:model -- --runs 300 --seed 7`: draws random conversations with a funnel and crashes of the program, and
// compares them with the model of the test. Ends with one line, or with the shortest counter-example.
import { parseArgs } from 'node:util';
import { checkFunnels } from '../test/model/funnel-model.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const began = performance.now();
let done = 0;
const isTerminal = process.stderr.isTTY;
const ended = (how: string): void => {
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(`${how}: ${done} of ${runs} runs, seed ${seed}, ${seconds} s\n`);
};
process.on('SIGINT', () => {
  if (isTerminal) process.stderr.write('\n');
  ended('interrupted, no counter-example so far');
  process.exit(130);
});
try {
  await checkFunnels({
    ...{ runs, seed },
    onRun(n) {
      done = n;
      if (isTerminal) process.stderr.write(`\r${n} of ${runs} runs `);
    },
  });
  if (isTerminal) process.stderr.write('\n');
  ended('no counter-example');
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  ended('counter-example found');
  process.exitCode = 1;
}
