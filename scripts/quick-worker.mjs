// The built program with the heartbeats of workers, and the times that depend on them, at about a tenth: a soak waits for their
// timeouts, and its result does not depend on their length. Production has no such switch, so that nobody sets one of
// the three without the others: a claimed send must leave before its worker may be taken for dead.
import { LIMITS } from '../dist/domain/limits.js';

Object.assign(LIMITS, { workerBeat: 400, workerSilence: 2_000, claimedMost: 1_000 });
await import('../dist/cli/main.js');
