// The builds that a benchmark compares: this checkout, and a folder or a commit.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfOlder } from '../../scripts/build-if-older.mjs';
import { rounded } from './figure.js';
import type { Session } from './session.js';

const HERE = fileURLToPath(new URL('../..', import.meta.url));

export interface Build {
  readonly name: string;
  readonly checkout: string;
  /** The command `autoresponder`. */
  readonly bin: string;
  /** The compiled modules of src and bench, for parts that measure functions. */
  readonly modules: string;
}

export type Say = (line: string) => void;

/** Builds this checkout unless its build is newer than its sources. */
export function ownBuild(say: Say): Build {
  say(`this version: ${HERE}`);
  buildIfOlder(say);
  return buildIn(HERE, 'this version');
}

/** Returns the build in a folder, or builds a commit in .bench. */
export async function otherBuild(vs: string, session: Session, say: Say): Promise<Build> {
  const folder = existsSync(join(vs, 'package.json')) ? resolve(vs) : await checkoutOf(vs, session, say);
  if (!existsSync(join(folder, 'dist/cli/main.js')))
    throw new Error(`${folder} is not built; fix: run \`npm ci && npm run build\` there`);
  say(`the other version: ${folder}, as it is built there`);
  return buildIn(folder, basename(folder));
}

function buildIn(checkout: string, name: string): Build {
  return {
    ...{ name, checkout },
    bin: join(checkout, 'bin/autoresponder.js'),
    modules: join(checkout, '.bench/build'),
  };
}

/** Checks out and builds a commit, once: later calls use the same folder. */
async function checkoutOf(commit: string, session: Session, say: Say): Promise<string> {
  const found = git('rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  if (found.status !== 0)
    throw new Error(
      `--vs ${commit} is neither a checkout nor a commit of this repository; fix: name a folder, or \`git fetch\` the commit`,
    );
  const folder = join(HERE, '.bench', `vs-${found.stdout.trim().slice(0, 10)}`);
  const ready = `${folder}.ready`;
  if (existsSync(ready)) return folder;
  const remove = (): void => {
    git('worktree', 'remove', '--force', folder);
    rmSync(folder, { recursive: true, force: true });
    git('worktree', 'prune');
  };
  remove();
  const forget = session.onInterrupt(remove);
  try {
    say(`checking out ${commit} into ${folder}`);
    mkdirSync(join(HERE, '.bench'), { recursive: true });
    const added = git('worktree', 'add', '--detach', folder, found.stdout.trim());
    if (added.status !== 0) throw new Error(`git worktree add failed: ${added.stderr}`);
    say(`npm ci and npm run build in ${folder}`);
    await session.show('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], folder);
    await session.show('npm', ['run', '--silent', 'build'], folder);
    writeFileSync(ready, '');
  } catch (error) {
    remove();
    throw error;
  } finally {
    forget();
  }
  return folder;
}

function git(...args: readonly string[]) {
  return spawnSync('git', args, { cwd: HERE, encoding: 'utf8' });
}

/** Compiles the modules of a build with its own compiler; a build without tsconfig.bench.json has none. */
export async function compile({ checkout, modules }: Build, session: Session, say: Say): Promise<void> {
  if (!existsSync(join(checkout, 'tsconfig.bench.json'))) return;
  say(`compiling the modules of ${checkout} that are measured in a process of their own`);
  const began = performance.now();
  // Types are checked by `npm run typecheck`, which takes several times as long.
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  await session.show(process.execPath, [tsc, '--noCheck', '-p', 'tsconfig.bench.json'], checkout);
  // The sandbox reads the API descriptions, and the dashboard its files, from folders beside their own.
  for (const each of ['openapi', 'dist/dashboard'])
    cpSync(join(checkout, each), join(modules, each), { recursive: true });
  say(`compiled in ${rounded((performance.now() - began) / 1_000)} s`);
}
