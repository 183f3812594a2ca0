import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { BlotatoError, ContractError, NoResponseError, type RefusalKind } from '../blotato/errors.js';
import type { Config } from '../domain/config.js';
import { LIMITS } from '../domain/limits.js';
import { FOLDER_FILES, type Format, readAs } from '../importers/formats.js';
import { type Imported, ImportError } from '../importers/imported.js';
import { type Decoded, readText } from '../importers/read.js';
import { apiClient } from './api-client.js';
import { nearPath, say } from './output.js';

const MOST_FILES = 2_000;
/** Maximum number of characters of all files of a folder together. */
const MOST_TEXT = 4 * LIMITS.ruleFileBytes;

/**
 * Reads a source: a file, a folder for formats that consist of several files, or, for `blotato` without a
 * source, the API with the configured key. Throws ImportError.
 */
export async function readSource(
  format: Format,
  source: string | undefined,
  config: Config,
): Promise<Imported> {
  if (source !== undefined) {
    const imported = readAs(format, filesOf(format, source), config.accounts);
    if (imported.rules.length <= LIMITS.importedRules) return imported;
    throw new ImportError(
      nearPath(source),
      `makes ${imported.rules.length} rules, but one import makes at most ${LIMITS.importedRules}`,
      'Split it.',
    );
  }
  if (format !== 'blotato') {
    throw new ImportError(format, 'needs a source', `Give it: autoresponder import ${format} FILE.`);
  }
  const text = JSON.stringify(await automationRows(config));
  return readAs(format, [{ name: 'Blotato', text }], config.accounts);
}

function filesOf(format: Format, source: string): readonly Decoded[] {
  const wanted = FOLDER_FILES[format];
  const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder && wanted === undefined) {
    throw new ImportError(
      nearPath(source),
      'is a folder, where one file is expected',
      'Give the file in it.',
    );
  }
  const names = isFolder && wanted !== undefined ? namesIn(source, wanted) : [source];
  let length = 0;
  return names.map((name) => {
    const file = readText(name);
    length += file.text.length;
    if (length > MOST_TEXT) {
      throw new ImportError(
        nearPath(source),
        `holds more than ${MOST_TEXT} characters`,
        'Give a smaller folder.',
      );
    }
    if (file.encoding !== 'utf-8') say(`${nearPath(name)}: read as ${file.encoding}`);
    return { ...file, name: shown(source, name) };
  });
}

/** The name of a file in messages and comments: with its folders inside the source. */
function shown(source: string, name: string): string {
  return name === source
    ? basename(source)
    : join(basename(source), relative(source, name)).replaceAll('\\', '/');
}

function namesIn(folder: string, wanted: RegExp): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name.replaceAll('\\', '/')))
    .sort()
    .map((name) => join(folder, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true);
  if (names.length === 0) {
    throw new ImportError(
      nearPath(folder),
      `holds no file that fits ${wanted.source}`,
      'Give the folder as it was exported.',
    );
  }
  if (names.length > MOST_FILES) {
    throw new ImportError(
      nearPath(folder),
      `holds ${names.length} files, but at most ${MOST_FILES} are read`,
      'Give a smaller folder.',
    );
  }
  return names;
}

async function automationRows({ blotato, throttle }: Config): Promise<readonly unknown[]> {
  const client = apiClient(blotato, throttle.readsPerMinute);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    return await client.automationRows(stopping.signal);
  } catch (error) {
    throw refusedList(error);
  } finally {
    process.off('SIGINT', stop);
    await client.close();
  }
}

const FIXES: Readonly<Partial<Record<RefusalKind, string>>> = {
  unauthorized: 'Check `blotato.api_key`, and that its variable is set: `autoresponder doctor` checks it.',
  not_found: 'This API does not list automations; give a JSON file of them instead.',
};

/**
 * Converts an error of the API about the list of automations to an ImportError; returns any other error
 * unchanged.
 */
function refusedList(error: unknown): unknown {
  const isRefused = error instanceof BlotatoError;
  if (!isRefused && !(error instanceof NoResponseError) && !(error instanceof ContractError)) return error;
  const fix = (isRefused ? FIXES[error.kind] : undefined) ?? 'Try again, or give a JSON file of them.';
  return new ImportError('Blotato', error.message, fix);
}
