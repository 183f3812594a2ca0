// `npm run soak -- --kills 1000 --seed 1`: the built program against a sandbox with faults, killed at random.
import { parseArgs } from 'node:util';
import { parseDuration } from '../src/domain/time.js';
import { allowance } from '../test/soak/allowance.js';
import type { PeopleVerdict } from '../test/soak/judge-people.js';
import { soak, type SoakProgress, type SoakResult } from '../test/soak/soak.js';

// `npm run soak -- --allowance --for 10m`: before a server that allows 30 sends and 60 reads a minute, at
// full load. `npm run soak -- --kills 0 --for 1h`: never killed; its memory is measured. `--faults all` adds
// holds, malformed rows, accounts under another id and a clock offset. `--people`: people approve, edit and drop
// drafts and write replies by the dashboard's API.
const USAGE =
  'soak [--kills N] [--faults calls|all] [--seed S] [--for DURATION, such as 10m] [--people] [--allowance] [--json]';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    for: { type: 'string', default: '0s' },
    faults: { type: 'string', default: 'calls' },
    people: { type: 'boolean', default: false },
    allowance: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [kills, seed, lasts] = [Number(values.kills), Number(values.seed), parseDuration(values.for)];
if (
  !Number.isSafeInteger(kills) ||
  kills < 0 ||
  !Number.isSafeInteger(seed) ||
  lasts === undefined ||
  !isFaults(values.faults)
) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(1);
}

const isTerminal = process.stderr.isTTY;
if (values.allowance) await runAllowance();
const onProgress = (progress: SoakProgress): void => {
  const { phase, kills: done, written, accepted } = progress;
  process.stderr.write(`\r${phase}: ${done} of ${kills} kills, ${written} written, ${accepted} answers   `);
};

const { faults, people } = values;
const result = await soak({ kills, seed, lasts, faults, people, ...(isTerminal ? { onProgress } : {}) });
if (isTerminal) process.stderr.write('\n');
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : summaryOf(result));
process.exit(result.ok ? 0 : 1);

function isFaults(value: string): value is 'calls' | 'all' {
  return value === 'calls' || value === 'all';
}

function summaryOf(told: SoakResult): string {
  const list = (name: string, all: readonly string[]): string[] =>
    all.length === 0 ? [] : [`${name}:`, ...all.slice(0, 20).map((each) => `  ${each}`)];
  return `${[
    `${told.ok ? 'ok' : 'NOT OK'}: seed ${told.seed}, ${told.kills} kills in ${told.seconds} s`,
    ...(told.memory
      ? [
          `memory: ${told.memory.early} MiB early, ${told.memory.late} MiB late, ${told.memory.most} MiB at most, of ${told.memory.samples} samples`,
        ]
      : []),
    `killed: ${JSON.stringify(told.moments)}`,
    `killed at commits: ${Object.keys(told.commits).length} different ones`,
    ...Object.entries(told.commits)
      .sort(([, a], [, b]) => b - a)
      .map(([commit, n]) => `  ${String(n).padStart(5)}  ${commit}`),
    `faults at sends: ${JSON.stringify(told.faults)}`,
    `${told.written} messages and comments, ${told.accepted} answers taken; reasons: ${JSON.stringify(told.reasons)}`,
    `lost ${told.lost.length}, doubled ${told.doubled.length}, unknown ${told.unknown} (for nothing: ${told.unknownForNothing.length}), resent ${told.resent}, refused for good ${told.refused}`,
    ...(told.people ? peopleIn(told.people) : []),
    ...list('silent for longer than its hold', told.silent),
    ...list('lost', told.lost),
    ...list('doubled', told.doubled),
    ...list('unknown for nothing', told.unknownForNothing),
    ...list('wrong reason', told.wrongReason),
    ...list('broken', told.broken),
  ].join('\n')}\n`;
}

function peopleIn({ messages, drafts, hands, answers, stoppedForHuman, wrong }: PeopleVerdict): string[] {
  return [
    `people: ${messages} messages of guests; responses: ${JSON.stringify(answers)}`,
    `drafts: ${JSON.stringify(drafts)}`,
    `replies by hand: ${JSON.stringify(hands)}; automatic replies stopped for them: ${stoppedForHuman}`,
    `people, wrong: ${wrong.length}`,
    ...wrong.slice(0, 20).map((each) => `  ${each}`),
  ];
}

async function runAllowance(): Promise<never> {
  const show = (text: string): boolean => process.stderr.write(`\r${text}   `);
  const told = await allowance(lasts ?? 0, seed, isTerminal ? show : undefined);
  const { ok, seconds, restarts, refused, sends, reads, broken } = told;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const lines = [
    `${ok ? 'ok' : 'NOT OK'}: ${seconds} s, ${restarts} restarts, ${refused} calls refused with 429`,
    `of the allowance used: ${percent(sends)} of the sends, ${percent(reads)} of the reads of messages`,
    ...broken,
  ];
  process.stdout.write(values.json ? `${JSON.stringify(told)}\n` : `${lines.join('\n')}\n`);
  process.exit(ok ? 0 : 1);
}
