import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/sequence.js';

const MEMORY = '/dev/shm';
const ROOM_FOR_TESTS = 4 * 2 ** 30;

/**
 * Stores commit with full durability, so on a disk most of the time of a test is waiting for it. Where the machine keeps
 * files in memory, has room, and lets them be executed, the tests keep theirs there.
 */
function folderInMemory(): { readonly TMPDIR?: string } {
  if (process.env['TMPDIR'] !== undefined) return {};
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === MEMORY);
    const { bavail, bsize } = statfsSync(MEMORY);
    const isFit = mount?.includes('noexec') === false && bavail * bsize > ROOM_FOR_TESTS;
    return isFit ? { TMPDIR: MEMORY } : {};
  } catch {
    return {};
  }
}

export default defineConfig({
  test: {
    // Most tests wait for the program or for a time, so use more workers than cores. A number, since Vitest 4 takes a
    // percentage above 100 as 100.
    maxWorkers: 2 * availableParallelism(),
    // Files share no state except loaded modules, and loading those anew for each file takes longer than some files
    // run.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    include: ['test/**/*.test.ts'],
    // Installs what is published, from the registry: `npm run test:package`.
    exclude: ['test/package/**'],
    globalSetup: ['test/global-setup.ts'],
    // Tests that start processes (PROCESSES in test/e2e/cli.ts), draw many cases or play long scenes name their own.
    testTimeout: 20_000,
    maxConcurrency: 6,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
    // Commands that run in the process of a test read the colour settings when they are loaded, and name themselves as npm
    // started them: the same under `npx vitest` as under `npm test`.
    env: { NO_COLOR: '1', npm_command: 'test', ...folderInMemory() },
  },
});
