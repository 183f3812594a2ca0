// Prism, a checker that only knows the API description. It is installed in its own folder, because it is
// large and no dependency of the package.
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { freePort, start, until } from './children.mjs';
import { installPackage } from './npm-folder.mjs';

const VERSION = '5.14.2';
const PASSED = /The request passed the validation rules|Forwarding "\w+" request to/u;
const COMPLAINT = /\b(?:warning|error|fatal)\s{2,}|violation/iu;
/** The path of Prism's program, once it is installed. */
let program = '';

/** Installs Prism, if it is not installed yet. */
export async function installPrism() {
  program = join(await installPackage('@stoplight/prism-cli', VERSION), 'dist/index.js');
}

/**
 * Starts `prism mock DESCRIPTION`, or `prism proxy DESCRIPTION UPSTREAM`. With `--errors` Prism refuses calls
 * that are not described.
 */
export async function startPrism(command, ...documents) {
  const port = await freePort();
  const child = start(process.execPath, [
    program,
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
    /** The number of requests that passed Prism's rules, also when it runs as a proxy. */
    passed: () => lines().filter((line) => PASSED.test(line)).length,
    /** All violations that Prism reported, in requests and in responses. */
    complaints: () => lines().filter((line) => COMPLAINT.test(line)),
    stop: child.stop,
  };
}
