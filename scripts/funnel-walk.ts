// `npm run funnel:walk -- --people 10000 --kills 100 --seed 1`: people walk through a funnel that branches, waits,
// reminds, fetches and hands out codes, while the built program is killed; each step must happen once. Its store is in
// the folder of TMPDIR: with TMPDIR=/dev/shm no commit waits for a disk.
import { parseArgs } from 'node:util';
import { walk } from '../test/soak/walk.js';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [people, kills, seed] = [Number(values.people), Number(values.kills), Number(values.seed)];
const isTerminal = process.stderr.isTTY;
/** Milliseconds between two lines of progress in a file. */
const BETWEEN_LINES = 60_000;
let shownAt = 0;
const result = await walk({
  ...{ people, kills, seed },
  onProgress: ({ kills: n, begun, done }) => {
    const line = `${n} of ${kills} kills, ${begun} begun, ${done} of ${people} done`;
    if (isTerminal) process.stderr.write(`\r${line}   `);
    else if (Date.now() > shownAt + BETWEEN_LINES) {
      shownAt = Date.now();
      process.stderr.write(`${line}\n`);
    }
  },
});
if (isTerminal) process.stderr.write('\n');
process.stdout.write(`${JSON.stringify({ ...result, seed, wrong: result.wrong.slice(0, 20) }, null, 1)}\n`);
process.exit(result.ok ? 0 : 1);
