// `npm run soak:workers -- --disruptions 40 --seed 1`: three workers on PostgreSQL, killed, frozen and cut off.
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/postgres/server.js';
import { FULL_PACE, workersSoak } from '../test/soak/workers-soak.js';

const { values } = parseArgs({
  options: {
    disruptions: { type: 'string', default: '16' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [disruptions, seed] = [Number(values.disruptions), Number(values.seed)];
if (!Number.isSafeInteger(disruptions) || disruptions < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('soak:workers [--disruptions N] [--seed S]\n');
  process.exit(1);
}
const isTerminal = process.stderr.isTTY;
const postgres = await startPostgres();
const result = await workersSoak({
  disruptions,
  seed,
  database: await postgres.database(),
  pace: FULL_PACE,
  ...(isTerminal
    ? {
        onProgress: (done: number) => void process.stderr.write(`\r${done} of ${disruptions} disruptions   `),
      }
    : {}),
}).finally(() => postgres.stop());
if (isTerminal) process.stderr.write('\n');
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
process.exit(result.ok ? 0 : 1);
