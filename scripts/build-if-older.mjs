import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** All inputs of the build. Folders are included to notice removed files. */
const SOURCES = [
  'src',
  'dashboard',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'scripts/bundle',
].map(inProject);
/** The outputs of both builds. */
const BUILT = ['dist/cli/main.js', 'dist/dashboard/index.html'].map(inProject);

/** Builds the program and its dashboard unless the build is newer than its sources. Throws if the build fails. */
export function buildIfOlder(say) {
  const oldest = Math.min(...BUILT.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)));
  if (newest(SOURCES) <= oldest) return;
  say('building the program and its dashboard');
  const began = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: inProject(''),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the build failed, see above');
  // Set the file times to the beginning of the build: neither tool rewrites a file whose content is unchanged, and
  // sources changed during the build must trigger another one.
  for (const file of BUILT) utimesSync(file, began / 1_000, began / 1_000);
  say(`built in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
}

function newest(paths) {
  const times = paths.map((path) => {
    const status = statSync(path);
    const below = status.isDirectory() ? readdirSync(path).map((name) => `${path}/${name}`) : [];
    return Math.max(status.mtimeMs, newest(below));
  });
  return Math.max(0, ...times);
}
