// `npm run soak:restarts -- --restarts 30 --quiet 600 --busy 3 --seed 1`: the database of two workers crashes and starts again.
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/postgres/server.js';
import { restartsSoak } from '../test/soak/restarts.js';

/** Maximum time without a read of a workspace after the last restart, at once or later, in seconds. */
const SILENCE_MOST = 20;

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '30' },
    quiet: { type: 'string', default: '600' },
    busy: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [restarts, quiet, busy, seed] = [values.restarts, values.quiet, values.busy, values.seed].map(Number);
const postgres = await startPostgres();
const result = await restartsSoak({
  ...{ postgres, restarts: restarts ?? 0, quiet: quiet ?? 0, busy: busy ?? 0, seed: seed ?? 0 },
  onProgress: (done) => void process.stderr.write(`\r${done} of ${restarts} restarts   `),
}).finally(() => postgres.stop());
process.stderr.write('\n');
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
const silence = Math.max(result.silence.longest, result.longestGap);
const isRight = silence <= SILENCE_MOST && result.lost.length + result.doubled.length === 0;
process.exit(isRight ? 0 : 1);
