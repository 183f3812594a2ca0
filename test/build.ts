import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';

/** All inputs of the build. Folders are included to notice removed files. */
const SOURCES = [
  'src',
  'dashboard',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'scripts/bundle',
];
/** The outputs of both builds. */
const BUILT = ['dist/cli/main.js', 'dist/dashboard/index.html'];

/** Builds the program unless its build is newer than its sources. */
export default function setUp(): void {
  build();
}

/** The end-to-end tests run the built command with the built dashboard, so the build must not be older than its sources. */
export function build(): void {
  const oldest = Math.min(...BUILT.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)));
  if (newest(SOURCES) <= oldest) return;
  say('building the program and its dashboard');
  const began = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the build failed, see above');
  // Set the file times to the beginning of the build: neither tool rewrites a file whose content is unchanged, and
  // sources changed during the build must trigger another one.
  for (const file of BUILT) utimesSync(file, began / 1_000, began / 1_000);
  say(`built in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
}

function newest(paths: readonly string[]): number {
  const times = paths.map((path) => {
    const status = statSync(path);
    const below = status.isDirectory() ? readdirSync(path).map((name) => `${path}/${name}`) : [];
    return Math.max(status.mtimeMs, newest(below));
  });
  return Math.max(0, ...times);
}

export function say(text: string): void {
  process.stderr.write(`tests: ${text}\n`);
}
