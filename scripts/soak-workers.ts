// `npm run soak:workers -- --disruptions 60 --seed 1`: three workers on PostgreSQL, killed, frozen and cut
// off, with clocks that jump, APIs that hang and a database that restarts. `--binaries FOLDER`: the binaries
// of another version of PostgreSQL. `--pooler PROGRAM`: PgBouncer between workers and database.
import { parseArgs } from 'node:util';
import { startPooler } from '../test/postgres/pooler.js';
import { startPostgres } from '../test/postgres/server.js';
import { FULL_PACE, workersSoak } from '../test/soak/workers-soak.js';

const { values } = parseArgs({
  options: {
    disruptions: { type: 'string', default: '16' },
    binaries: { type: 'string' },
    pooler: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [disruptions, seed] = [Number(values.disruptions), Number(values.seed)];
if (!Number.isSafeInteger(disruptions) || disruptions < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('soak:workers [--disruptions N] [--seed S] [--binaries FOLDER] [--pooler PROGRAM]\n');
  process.exit(1);
}
const isTerminal = process.stderr.isTTY;
/** Maximum time without a poll of a workspace, in seconds: a dead worker is detected after 15. */
const LONGEST_SILENCE = 25;
const postgres = await startPostgres(values.binaries);
const database = await postgres.database();
const pooler = values.pooler === undefined ? null : await startPooler(values.pooler, database);
const result = await workersSoak({
  disruptions,
  seed,
  database: pooler?.url ?? database,
  // The soak does not restart a server that the environment names.
  restart: process.env['AUTORESPONDER_TEST_POSTGRES'] ? null : postgres.restart,
  pace: FULL_PACE,
  ...(isTerminal
    ? {
        onProgress: (done: number) => void process.stderr.write(`\r${done} of ${disruptions} disruptions   `),
      }
    : {}),
}).finally(async () => {
  await pooler?.stop();
  await postgres.stop();
});
if (isTerminal) process.stderr.write('\n');
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
process.exit(result.ok && result.longestSilence <= LONGEST_SILENCE ? 0 : 1);
