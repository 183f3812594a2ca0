// Runs when `npm ci` has installed the packages of a checkout, as the `dependencies` script of npm: builds dist/ so that the
// `autoresponder` command works at once, dashboard included. `prepare` would do the same, but npm counts it as an install
// script of the published package and warns. Where the tools are not installed (`npm ci --omit=dev`) there is nothing to build.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inModules = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const vite = inModules('vite/bin/vite.js');
if (existsSync(vite)) {
  for (const config of ['vite.config.ts', 'dashboard/vite.config.ts']) {
    const build = [vite, 'build', '--config', config, '--logLevel', 'warn'];
    const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}
