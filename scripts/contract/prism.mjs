// Prism, which knows the description and nothing of our program. It lives in a folder of its own: it is large, and no
// dependency of the package.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { freePort, runToEnd, start, until } from './children.mjs';

const VERSION = '5.14.2';
const FOLDER = fileURLToPath(new URL('../../.contract/', import.meta.url));
const NAME = '@stoplight/prism-cli';
const PACKAGE = join(FOLDER, 'node_modules', NAME);
const PASSED = /The request passed the validation rules|Forwarding "\w+" request to/u;
const COMPLAINT = /\b(?:warning|error|fatal)\s{2,}|violation/iu;
const PROGRAM = join(PACKAGE, 'dist/index.js');

/** Installs Prism, if it is not there yet. */
export async function installPrism() {
  if ((await installedVersion()) === VERSION) return;
  console.log(`Installing Prism ${VERSION} into .contract/, once.`);
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', FOLDER];
  const { code, err } = await runToEnd('npm', [...args, `${NAME}@${VERSION}`], {
    patience: 300_000,
    shell: process.platform === 'win32',
  });
  if (code !== 0) throw new Error(`Prism could not be installed (npm: ${code})\n${err}`);
}

async function installedVersion() {
  const text = await readFile(join(PACKAGE, 'package.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text).version;
}

/** `prism mock DESCRIPTION`, or `prism proxy DESCRIPTION UPSTREAM`. With `--errors` it refuses what is not described. */
export async function startPrism(command, ...documents) {
  const port = await freePort();
  const child = start(process.execPath, [
    PROGRAM,
    command,
    '--errors',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    ...documents,
  ]);
  const lines = () => stripVTControlCharacters(child.out() + child.err()).split('\n');
  await until('Prism listens', () => lines().some((line) => line.includes('Prism is listening')), { child });
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many requests passed its rules. A proxy says so by letting them through. */
    passed: () => lines().filter((line) => PASSED.test(line)).length,
    /** Whatever it complained of, requests and answers alike. */
    complaints: () => lines().filter((line) => COMPLAINT.test(line)),
    stop: child.stop,
  };
}
