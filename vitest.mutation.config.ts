import { defineConfig } from 'vitest/config';

/** The tests that `npm run mutation` runs for a change in src/engine or src/rules: those that need no build. */
export default defineConfig({
  test: {
    include: [
      'test/engine/**/*.test.ts',
      'test/rules/**/*.test.ts',
      'test/faults/**/*.test.ts',
      'test/lint/**/*.test.ts',
      'test/actions/rule-tests.test.ts',
      'test/cookbook.test.ts',
    ],
    testTimeout: 30_000,
  },
});
