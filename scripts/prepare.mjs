// Runs after `npm ci` in a checkout: builds dist/ so that the `autoresponder` command works at once.
// Where the compiler is not installed (`npm ci --omit=dev`, a tarball) there is nothing to build.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
if (existsSync(tsc)) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
