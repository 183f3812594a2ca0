// Loads the built program with its code already compiled: compiling took a third of the time of `check`. Node
// itself can do so only from version 22.1 on.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag, deserialize, serialize } from 'node:v8';
import { Script } from 'node:vm';

/** Position of a file's compiled code in the cache. */
interface Place {
  /** Digest of the source: the engine compares only lengths. */
  readonly source: string;
  /** Digest of the code. */
  readonly digest: string;
  /** Offset from the start of the code. */
  readonly at: number;
  readonly length: number;
}

interface Cache {
  /** Descriptor; null without a cache, and once the code was saved. */
  file: number | null;
  /** Start of the code. */
  readonly start: number;
  /** Places by path of the source. */
  readonly places: ReadonlyMap<string, Place>;
}

interface Compiled {
  readonly source: string;
  readonly code: Buffer;
}

interface Module {
  readonly exports: object;
}

interface Loaded {
  readonly module: Module;
  readonly source: string;
  readonly script: Script;
  /** Whether nothing had to be compiled to load it. */
  readonly wasCompiled: boolean;
}

/** Names that the code of a file may use, and their values. */
interface Scope {
  readonly module: Module;
  readonly require: (id: string) => unknown;
  readonly __filename: string;
  readonly __dirname: string;
  readonly importHere: (id: string) => Promise<unknown>;
}

const HEAD =
  '(function ({ module, require, __filename, __dirname, importHere }) { const exports = module.exports;';
/** Milliseconds from the start until the code is saved. */
const SAVED_AFTER = 5_000;
/** Length of the digest of the list of places and of the length of this list, which the cache begins with. */
const HEAD_BYTES = 32 + 4;
/** Write permission of the group and of others. */
const OF_OTHERS = 0o022;

/**
 * Runs a built file of this folder with the compiled code of earlier calls of the command, and saves that of this call: a
 * few seconds after the start, before the engine drops code that it no longer uses, or at the end.
 */
export function runCompiled(file: string, command: string): void {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const folder = cacheFolder();
  if (folder === null) {
    createRequire(entry)(entry);
    return;
  }
  // Each engine has its own code, and each command its own, since other functions are compiled for it.
  const save = loadCompiled(entry, join(folder, `${command}-${cachedDataVersionTag()}.bin`));
  const timer = setTimeout(() => {
    process.off('exit', save);
    save();
  }, SAVED_AFTER);
  timer.unref();
  process.once('exit', save);
}

/** The user's own folder, and not one for temporary files, where another user could put code; null to keep no code. */
function cacheFolder(): string | null {
  const { HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE) return null;
  const folder = [LOCALAPPDATA, XDG_CACHE_HOME, HOME && join(HOME, '.cache')].find(Boolean);
  return folder ? join(folder, 'blotato-autoresponder') : null;
}

/**
 * Runs a built file, and the built files that it requires, with the compiled code in the file `path`. Code that is damaged,
 * of another source or engine, or that another user could have written is compiled anew. Returns a function that saves
 * the code of all files loaded so far unless the cache has it; it ignores errors.
 */
export function loadCompiled(entry: string, path: string): () => void {
  const cache = openCache(path);
  const loaded = new Map<string, Loaded>();
  const outside = createRequire(entry);
  const require = (id: string): unknown =>
    id.startsWith('./') ? load(join(dirname(entry), id)) : outside(id);
  const load = (file: string): object => {
    const known = loaded.get(file);
    if (known) return known.module.exports;
    const text = fs.readFileSync(file);
    const source = digestOf(text);
    const place = cache.places.get(file);
    const code = place?.source === source ? codeAt(cache, place) : undefined;
    // `import()` fails in code from the cache, which does not say how to resolve it (Node 20.20).
    const body = text.toString('utf8').replaceAll('import(', 'importHere(');
    const options = code ? { cachedData: code } : {};
    const script = new Script(`${HEAD} ${body}\n})`, { filename: file, ...options });
    const module: Module = { exports: {} };
    loaded.set(file, { module, source, script, wasCompiled: script.cachedDataRejected === false });
    const importHere = (id: string): Promise<unknown> => import(id) as Promise<unknown>;
    const scope: Scope = { module, require, __filename: file, __dirname: dirname(file), importHere };
    (script.runInThisContext() as (scope: Scope) => void)(scope);
    return module.exports;
  };
  load(entry);
  return () => {
    if ([...loaded.values()].some(({ wasCompiled }) => !wasCompiled)) save(path, cache, loaded);
  };
}

function openCache(path: string): Cache {
  let file: number | null = null;
  try {
    file = fs.openSync(path, 'r');
    const { uid, mode } = fs.fstatSync(file);
    const isOurs = process.geteuid === undefined || (uid === process.geteuid() && (mode & OF_OTHERS) === 0);
    const head = readAt(file, 0, HEAD_BYTES);
    const list = isOurs ? readAt(file, HEAD_BYTES, head.readUInt32LE(HEAD_BYTES - 4)) : Buffer.alloc(0);
    const isWhole = digestOf(list) === head.toString('hex', 0, HEAD_BYTES - 4);
    const places = isWhole ? (deserialize(list) as Cache['places']) : new Map<string, Place>();
    return { file, start: HEAD_BYTES + list.length, places };
  } catch {
    if (file !== null) fs.closeSync(file);
    return { file: null, start: 0, places: new Map() };
  }
}

/** WARNING: the engine does not check the code, and crashes if it is damaged. */
function codeAt({ file, start }: Cache, { at, length, digest }: Place): Buffer | undefined {
  const code = file === null ? undefined : readAt(file, start + at, length);
  return code && digestOf(code) === digest ? code : undefined;
}

function readAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.min(length, fs.fstatSync(file).size));
  fs.readSync(file, bytes, 0, bytes.length, at);
  return bytes;
}

/** Replaces the cache at once, so that other processes read the old or the new one. Keeps what other calls loaded. */
function save(path: string, cache: Cache, loaded: ReadonlyMap<string, Loaded>): void {
  const half = `${path}.${process.pid}`;
  try {
    const all = new Map<string, Compiled>();
    for (const [file, place] of cache.places) {
      const code = loaded.has(file) || !fs.existsSync(file) ? undefined : codeAt(cache, place);
      if (code) all.set(file, { source: place.source, code });
    }
    for (const [file, { source, script }] of loaded)
      all.set(file, { source, code: script.createCachedData() });
    // Windows replaces no open file.
    if (cache.file !== null) fs.closeSync(cache.file);
    cache.file = null;
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fs.writeFileSync(half, contentOf(all), { mode: 0o600 });
    fs.renameSync(half, path);
  } catch {
    if (fs.existsSync(half)) fs.rmSync(half);
  }
}

function contentOf(all: ReadonlyMap<string, Compiled>): Buffer {
  let at = 0;
  const places = new Map<string, Place>();
  for (const [file, { source, code }] of all) {
    places.set(file, { source, digest: digestOf(code), at, length: code.length });
    at += code.length;
  }
  const list = serialize(places);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  return Buffer.concat([
    Buffer.from(digestOf(list), 'hex'),
    length,
    list,
    ...[...all.values()].map(({ code }) => code),
  ]);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
