// Packages for the contract test only, installed by npm in their own folder: they are not dependencies of the program.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './children.mjs';

const FOLDER = fileURLToPath(new URL('../../.contract/', import.meta.url));

/**
 * Installs a package of exactly that version into `.contract/` or a folder below it, if it is not installed
 * yet. Returns its path. Throws if npm cannot install it.
 */
export async function installPackage(name, version, { below = '', more = [] } = {}) {
  const folder = join(FOLDER, below);
  const at = join(folder, 'node_modules', name);
  if ((await installedVersion(at)) === version) return at;
  console.log(`Installing ${name} ${version} into ${join('.contract', below)}/, once.`);
  await mkdir(folder, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...more];
  const { code, err } = await runToEnd(
    'npm',
    ['install', ...quiet, '--prefix', folder, `${name}@${version}`],
    {
      patience: 300_000,
      shell: process.platform === 'win32',
    },
  );
  if (code !== 0) throw new Error(`${name} could not be installed (npm: ${code})\n${err}`);
  return at;
}

async function installedVersion(folder) {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text).version;
}
