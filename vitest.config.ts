import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/sequence.js';

export default defineConfig({
  test: {
    // Most tests wait, for the program or for a time: more workers than cores, where the default leaves one idle.
    maxWorkers: '150%',
    // The files share no state but what they load, and loading it for each of them costs more than some of them take.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Tests that start processes (PROCESSES in test/e2e/cli.ts), draw many cases or play long scenes name their own.
    testTimeout: 20_000,
    maxConcurrency: 4,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
    // Commands that run in the process of a test decide about colours when they are loaded.
    env: { NO_COLOR: '1' },
  },
});
