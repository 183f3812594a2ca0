import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Built into the package, and served by the program itself: nothing is fetched from elsewhere. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    outDir: fileURLToPath(new URL('../dist/dashboard', import.meta.url)),
    emptyOutDir: true,
    // An inlined file would need a policy that allows scripts in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
