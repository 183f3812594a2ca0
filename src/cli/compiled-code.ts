// Loads the built program with its code already compiled: compiling took a third of the time of `check`. Node
// itself can do so only from version 22.1 on.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { constants, Script } from 'node:vm';

/** The compiled code of a file. */
interface Compiled {
  /** Digest of the source: the engine compares only lengths. */
  readonly source: string;
  readonly code: Buffer;
}

/** Compiled code of files by path. */
type CompiledFiles = ReadonlyMap<string, Compiled>;

interface Loaded {
  readonly module: Module;
  readonly source: string;
  readonly script: Script;
  /** Whether nothing had to be compiled to load it. */
  readonly wasCompiled: boolean;
}

interface Module {
  readonly exports: object;
}

type Evaluate = (module: Module, require: (id: string) => unknown, file: string, folder: string) => void;

const HEAD = '(function (module, require, __filename, __dirname) { const exports = module.exports;';
const DIGEST_BYTES = 32;
/** Write permission of the group and of others. */
const OF_OTHERS = 0o022;

/**
 * Runs a built file, and the built files that it requires, with the compiled code in the file `cache`. Code that is damaged,
 * of another source or engine, or that another user could have written is compiled anew. Returns a function that saves
 * the code of all files loaded so far unless `cache` has it; it ignores errors.
 */
export function loadCompiled(entry: string, cache: string): () => void {
  const folder = dirname(entry);
  const before = readCache(cache);
  const loaded = new Map<string, Loaded>();
  const outside = createRequire(entry);
  const require = (id: string): unknown => (id.startsWith('./') ? load(join(folder, id)) : outside(id));
  const load = (file: string): object => {
    const known = loaded.get(file);
    if (known) return known.module.exports;
    const text = readFileSync(file);
    const source = digestOf(text).toString('base64');
    const compiled = before.get(file);
    const isSame = compiled?.source === source;
    const script = new Script(`${HEAD} ${text.toString('utf8')}\n})`, {
      filename: file,
      ...(isSame ? { cachedData: compiled.code } : {}),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const module: Module = { exports: {} };
    const wasCompiled = isSame && script.cachedDataRejected === false;
    loaded.set(file, { module, source, script, wasCompiled });
    (script.runInThisContext() as Evaluate)(module, require, file, folder);
    return module.exports;
  };
  load(entry);
  return () => {
    if ([...loaded.values()].every(({ wasCompiled }) => wasCompiled)) return;
    const others = [...before].filter(([file]) => existsSync(file));
    const own = [...loaded].map(([file, { source, script }]) => {
      return [file, { source, code: script.createCachedData() }] as const;
    });
    writeCache(cache, new Map([...others, ...own]));
  };
}

function readCache(cache: string): CompiledFiles {
  try {
    const { uid, mode } = statSync(cache);
    const isOurs = process.geteuid === undefined || (uid === process.geteuid() && (mode & OF_OTHERS) === 0);
    if (!isOurs) return new Map();
    const content = readFileSync(cache);
    const body = content.subarray(DIGEST_BYTES);
    // WARNING: the engine does not check the code itself, and crashes if it is damaged.
    if (!digestOf(body).equals(content.subarray(0, DIGEST_BYTES))) return new Map();
    return deserialize(body) as CompiledFiles;
  } catch {
    return new Map();
  }
}

/** Replaces the file at once, so that other processes read the old or the new one. */
function writeCache(cache: string, files: CompiledFiles): void {
  const half = `${cache}.${process.pid}`;
  try {
    mkdirSync(dirname(cache), { recursive: true, mode: 0o700 });
    const body = serialize(files);
    writeFileSync(half, Buffer.concat([digestOf(body), body]), { mode: 0o600 });
    renameSync(half, cache);
  } catch {
    if (existsSync(half)) rmSync(half);
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
