// The longest pause of the event loop while a FAQ table of 10,000 rows, and rules with examples, are loaded, as by a
// running program; and, for comparison, while another process allocates memory, which is the machine's share of the
// pauses. `own work` is processor time of the main thread. Run it by `npm run bench:table-pause`, after `npm run build`: the loader thread starts only from the built program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { diceOf } from './dice.js';
import { sentenceOf } from './meaning/cost.js';
import type * as Built from '../src/project/load-in-thread.js';

const ROWS = 10_000;
const TIMES = 5;
const EXAMPLE_RULES = [30, 150];
const EXAMPLES = 10;
const built = new URL('../dist/cli/load-in-thread.js', import.meta.url).href;
const { loadWorkspaces } = (await import(built)) as typeof Built;

/** A row of one of the two kinds. */
const KINDS: Readonly<Record<string, (n: number) => string>> = {
  keywords: (n) => `word${n},"word${n}, other ${n}",,Answer ${n}`,
  'keywords, and a question in one row of ten': (n) =>
    `word${n},word${n},${n % 10 === 0 ? `How do I use part ${n} of the lamp?` : ''},Answer ${n}`,
};

const folder = mkdtempSync(join(tmpdir(), 'table-pause-'));
try {
  mkdirSync(join(folder, 'rules'));
  writeFileSync(
    join(folder, 'config.yaml'),
    `version: 1
blotato: { api_key: k }
rules: ./rules
accounts: [{ name: shop-ig, id: "1", platform: instagram }]
`,
  );
  // A running program has loaded rules before, so the first load of this process is not measured.
  writeFileSync(join(folder, 'rules/faq.yaml'), exampleRules(1, 0));
  await load();
  await measure('nothing loaded, another process allocates', () => undefined, allocateElsewhere);
  for (const rules of EXAMPLE_RULES) {
    await measure(`${rules} rules with ${EXAMPLES} examples each`, (time) => {
      writeFileSync(join(folder, 'rules/faq.yaml'), exampleRules(rules, time));
    });
  }
  writeFileSync(
    join(folder, 'rules/faq.yaml'),
    'version: 1\nrules: [ { id: faq, on: message, mode: live, answers: { from: faq.csv } } ]\n',
  );
  for (const [kind, row] of Object.entries(KINDS)) {
    const rows = Array.from({ length: ROWS }, (_, n) => row(n)).join('\n');
    writeFileSync(join(folder, 'rules/faq.csv'), `key,keywords,question,answer\n${rows}\n`);
    await measure(`${ROWS} rows with ${kind}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Other examples in each time, so that no model is known from the time before. */
function exampleRules(rules: number, time: number): string {
  const dice = diceOf(rules + time);
  const sentence = (): string => JSON.stringify(sentenceOf(dice));
  const lines = Array.from({ length: rules }, (_, n) => {
    const examples = Array.from({ length: EXAMPLES }, sentence).join(', ');
    return `  - { id: rule-${n}, on: message, mode: live, examples: [${examples}], reply: "Answer ${n}" }`;
  });
  return `version: 1\nrules:\n${lines.join('\n')}\n`;
}

async function load(): Promise<void> {
  const loaded = await loadWorkspaces({ file: join(folder, 'config.yaml'), env: {} });
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
}

async function allocateElsewhere(): Promise<void> {
  const busy =
    'const end = Date.now() + 800; let all = []; while (Date.now() < end) all.push({ a: [all.length] });';
  await once(spawn(process.execPath, ['-e', busy]), 'exit');
}

/**
 * Watches for how long the main thread works between two rounds of the event loop, without the time that it waits
 * for a processor. Returns the longest, in milliseconds. Linux only: 0 elsewhere.
 */
function watchOwnTime(): () => number {
  const own = (): number => {
    try {
      const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
      return Number(nanoseconds) / 1e6;
    } catch {
      return 0;
    }
  };
  let [last, most] = [own(), 0];
  const timer = setInterval(() => {
    const now = own();
    most = Math.max(most, now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function measure(
  kind: string,
  prepare: (time: number) => void = () => undefined,
  work: () => Promise<void> = load,
): Promise<void> {
  const longest: string[] = [];
  const working: string[] = [];
  let took = 0;
  for (let time = 0; time < TIMES; time += 1) {
    prepare(time);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await wait(20);
    const busiest = watchOwnTime();
    delay.reset();
    const start = performance.now();
    await work();
    took = performance.now() - start;
    await wait(20);
    delay.disable();
    working.push(busiest().toFixed(0));
    longest.push((delay.max / 1e6).toFixed(0));
  }
  console.log(
    `${kind}: longest pauses ${longest.join(', ')} ms, of own work ${working.join(', ')} ms, took ${took.toFixed(0)} ms`,
  );
}
