import type { Plugin } from 'vite';

/**
 * Imports of `node:child_process` in libraries that start processes only for features that this program does not use, and
 * uses of the global `Headers`, for which Node would load its own copy of undici.
 */
const IMPORTS = [
  {
    file: /commander\/lib\/command\.js$/u,
    from: "const childProcess = require('node:child_process');",
    to: "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
  },
  {
    file: /node-cron\/dist\/.*\.js$/u,
    from: /import \{ ?fork ?\} from ?["'](?:node:)?child_process["'];/u,
    to: "import { createRequire as requireAt } from 'node:module';\nconst fork = (...args) => requireAt(import.meta.url)('node:child_process').fork(...args);",
  },
  {
    file: /undici\/lib\/web\/cookies\/index\.js$/u,
    from: '[Headers, globalThis.Headers].filter(Boolean)',
    to: '[Headers]',
  },
  {
    file: /openapi-fetch\/dist\/index\.mjs$/u,
    from: /^/u,
    to: "import { Headers } from 'undici'; ",
  },
];

/** Loads `node:child_process`, and with it all of Node's networking, when a process is started: it takes 30 ms. */
export function noProcesses(): Plugin {
  return {
    name: 'no-processes',
    enforce: 'pre',
    transform(code, id) {
      const found = IMPORTS.find(({ file }) => file.test(id.replaceAll('\\', '/')));
      if (!found) return null;
      const changed = code.replace(found.from, found.to);
      // The line numbers stay the same up to here, and no frame of these files is worth a map of its own.
      return changed === code ? null : { code: changed, map: null };
    },
  };
}
