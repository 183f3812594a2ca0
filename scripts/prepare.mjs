// Runs after `npm ci` in a checkout: builds dist/ so that the `autoresponder` command works at once, dashboard included.
// Where the tools are not installed (`npm ci --omit=dev`, a tarball) there is nothing to build.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inModules = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const tools = [
  [inModules('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  [inModules('vite/bin/vite.js'), 'build', '--config', 'dashboard/vite.config.ts', '--logLevel', 'warn'],
];
if (tools.every(([tool]) => existsSync(tool))) {
  for (const tool of tools) {
    const { status } = spawnSync(process.execPath, tool, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}
