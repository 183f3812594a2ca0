import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Config } from '../domain/config.js';
import { type CheckedEach, isOnly } from '../domain/workspaces.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import type { Environment } from '../yaml/interpolate.js';
import { areSame } from './asked.js';
import type { CheckedFiles, Origin } from './changed-files.js';
import { createPool } from './pool.js';

/** Rule files that were read and checked without errors, and the models of their examples. */
export interface ParsedRules extends CheckedFiles {
  readonly models: readonly SentModel[];
}

/** The only configuration, if there is one. */
export function onlyOrigin(configs: CheckedEach<Config>): Origin | null {
  const [config] = configs.ok ? configs.value : [];
  return configs.ok && config && isOnly(configs) ? { config, warnings: configs.warnings } : null;
}

/** A text that differs between configurations. */
export function nameOf(config: Config): string {
  return JSON.stringify(config, exact);
}

const DIGEST_BYTES = 32;
/** Maximum size of the file: the largest rule files, parsed, take less. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The file beside a SQLite store; null on PostgreSQL, whose workers have no folder of their own. */
function fileOf({ store }: Config): string | null {
  return store.kind === 'sqlite' ? `${store.path}-rules` : null;
}

/**
 * The rules that the last start parsed, if configuration, program and Node are the same. Each part has the hash of
 * the text that it is valid for. Null for a file that is missing, damaged, or written by somebody else: its digest is
 * keyed with all of them, and with the API key. Nothing in the file is read before the digest was compared. Never throws.
 */
export function readParsedRules(config: Config, env: Environment): ParsedRules | null {
  const path = fileOf(config);
  const stored = path === null ? null : bytesOf(path);
  if (!stored) return null;
  try {
    const content = stored.subarray(DIGEST_BYTES);
    if (!timingSafeEqual(digestOf(config, content), stored.subarray(0, DIGEST_BYTES))) return null;
    const parsed = deserialize(content) as ParsedRules;
    return areSame(parsed.asked, env) ? parsed : null;
  } catch {
    // The rules are then read from their own files, which reports what is wrong with them.
    return null;
  }
}

/** Saves parsed rules for the next start. Rejects if the file cannot be written. */
export async function saveParsedRules(parsed: ParsedRules, config: Config): Promise<void> {
  const path = fileOf(config);
  if (path === null) return;
  const pooled = createPool();
  const parts = parsed.parts.map((part) => ({ ...part, rules: part.rules.map(pooled) }));
  const content = serialize({ ...parsed, parts } satisfies ParsedRules);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, Buffer.concat([digestOf(config, content), content]), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function bytesOf(path: string): Buffer | null {
  try {
    // Without waiting for a writer, should the path be a pipe.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = fstatSync(file);
      const isFit = info.isFile() && info.size > DIGEST_BYTES && info.size <= MOST_BYTES;
      return isFit ? readFileSync(file) : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

function digestOf(config: Config, content: Uint8Array): Buffer {
  const key = JSON.stringify([program(), process.versions, nameOf(config)]);
  return createHmac('sha256', key).update(content).digest();
}

/** JSON writes `null` for numbers without a digit. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Everything that differs between two builds: the names of built files contain hashes of their contents. */
function program(): readonly unknown[] {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const sizes = files.sort().map((name) => [name, statSync(`${folder}/${name}`).size]);
  return [sizes, readFileSync(new URL('../../package.json', import.meta.url), 'utf8')];
}
