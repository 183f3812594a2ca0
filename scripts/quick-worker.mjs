// `run` of the built program with the times of its workers at about a tenth: a soak waits for heartbeat timeouts, and its
// result does not depend on their length. node scripts/quick-worker.mjs run --config FILE
import { parseArgs } from 'node:util';
import { run } from '../dist/cli/run.js';

const { values } = parseArgs({
  options: { config: { type: 'string', default: './config.yaml' } },
  allowPositionals: true,
});
const workerTimes = { heartbeat: 400, heartbeatTimeout: 2_000, claimedMost: 1_000 };
await run({ config: values.config }, { workerTimes });
