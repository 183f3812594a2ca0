import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { holidays } from './scripts/bundle/holidays.js';
import { noProcesses } from './scripts/bundle/no-processes.js';
import { scripts } from './scripts/bundle/scripts.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Native, started in threads of their own, or so large that only what needs them should load them. */
const PACKAGES = [
  ...['@faker-js/faker', 'ajv-formats', 'eld', 'libphonenumber-js', 'libsql'],
  ...['nodemailer', 'openapi-backend', 'pg', 'pino', 'pino-pretty'],
];

/**
 * Bundles the program and the libraries that most commands load: reading some 400 modules one by one took more time
 * than the work of `check`, `test` and `explain`. Not minified, so that a stack trace can be read.
 */
export default defineConfig({
  plugins: [holidays(), noProcesses(), scripts()],
  build: {
    ssr: true,
    ssrEmitAssets: true,
    // Every file lies here, at the depth of the sources: paths to `openapi`, `package.json` and the dashboard are the same.
    outDir: at('dist/cli'),
    emptyOutDir: true,
    target: 'node20',
    sourcemap: true,
    reportCompressedSize: false,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: {
        main: at('src/cli/main.ts'),
        // Loads the others.
        'compiled-code': at('src/cli/compiled-code.ts'),
        // Started as a thread, and imported by tests and soaks.
        'loader-thread': at('src/project/loader-thread.ts'),
        'load-in-thread': at('src/project/load-in-thread.ts'),
        'rules-thread': at('src/server/rules-thread.ts'),
        run: at('src/cli/run.ts'),
        // Compared with the library by a test.
        holidays: at('src/engine/calendar/holidays.ts'),
      },
      // Compiled code can be kept for scripts, but in Node 20 not for modules.
      output: {
        format: 'cjs',
        comments: false,
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
      },
    },
  },
  ssr: { noExternal: true, external: PACKAGES },
});
