import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { type CheckedEach, isOnly } from '../domain/workspaces.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import type { RuleText } from '../rules/load.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import type { Environment } from '../yaml/interpolate.js';
import { areSame, type Asked } from './asked.js';
import { createPool } from './pool.js';
import type { RuleGroup } from './rule-group.js';

/** Rules that were read and checked without errors, without the texts of their files. */
export interface ParsedRules extends Pick<RuleGroup, 'rules' | 'saved'> {
  readonly warnings: readonly Finding[];
  readonly models: readonly SentModel[];
  readonly asked: Asked;
}

/** Rules as read from the file beside the store, with the current texts of the rule files, which are the same. */
export interface KnownRules extends ParsedRules {
  readonly texts: readonly RuleText[];
}

/** The values that parsed rules are valid for. */
export interface Origin {
  readonly config: Config;
  /** Findings about the configuration. */
  readonly warnings: readonly Finding[];
  readonly texts: readonly RuleText[];
}

/** The only configuration, if there is one, and its store has a folder of its own. */
export function onlyOrigin(configs: CheckedEach<Config>): Omit<Origin, 'texts'> | null {
  const [config] = configs.ok ? configs.value : [];
  if (!configs.ok || !config || !isOnly(configs)) return null;
  return fileOf(config) === null ? null : { config, warnings: configs.warnings };
}

const DIGEST_BYTES = 32;
/** Maximum size of the file: the largest rule files, parsed, take less. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The file beside a SQLite store; null on PostgreSQL, whose workers have no folder of their own. */
function fileOf({ store }: Config): string | null {
  return store.kind === 'sqlite' ? `${store.path}-rules` : null;
}

/**
 * The rules that the last start parsed, if configuration, rule files, program and Node are the same. Null for a
 * file that is missing, damaged, or written by somebody else: its digest is keyed with all of them, and with the
 * API key. Nothing in the file is read before the digest was compared. Never throws.
 */
export function readParsedRules(from: Omit<Origin, 'texts'>, env: Environment): KnownRules | null {
  const path = fileOf(from.config);
  const stored = path === null ? null : bytesOf(path);
  const texts = stored && textsOf(from.config.rulesPath);
  if (!texts) return null;
  try {
    const content = stored.subarray(DIGEST_BYTES);
    const digest = digestOf({ ...from, texts }, content);
    if (!timingSafeEqual(digest, stored.subarray(0, DIGEST_BYTES))) return null;
    const parsed = deserialize(content) as ParsedRules;
    return areSame(parsed.asked, env) ? { ...parsed, texts } : null;
  } catch {
    // The rules are then read from their own files, which reports what is wrong with them.
    return null;
  }
}

/** Saves parsed rules for the next start. Rejects if the file cannot be written. */
export async function saveParsedRules(parsed: ParsedRules, origin: Origin): Promise<void> {
  const path = fileOf(origin.config);
  if (path === null) return;
  const pooled = createPool();
  const content = serialize({ ...parsed, rules: parsed.rules.map(pooled) } satisfies ParsedRules);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, Buffer.concat([digestOf(origin, content), content]), { mode: 0o600 });
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

function textsOf(rulesPath: string): readonly RuleText[] | null {
  const files = listYamlFiles(rulesPath, '');
  if (!files.ok) return null;
  const texts: RuleText[] = [];
  for (const file of files.value) {
    const text = readText(file, '');
    if (!text.ok) return null;
    texts.push({ file, text: text.value });
  }
  return texts;
}

function digestOf({ config, warnings, texts }: Origin, content: Uint8Array): Buffer {
  const key = JSON.stringify([program(), process.versions, config, warnings, texts], exact);
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
