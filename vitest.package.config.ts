import { defineConfig } from 'vitest/config';

/** `npm run test:package`: the tests of the package as it is published. They need the registry and the build. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    env: { NO_COLOR: '1' },
  },
});
