import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Most tests wait for the program: a worker for each core, where the default leaves one idle.
    maxWorkers: '100%',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    restoreMocks: true,
  },
});
