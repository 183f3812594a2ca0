import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Config } from '../domain/config.js';
import type { FaqTable, TableAccess, TableSource, TableVersion } from '../domain/faq.js';
import { LIMITS } from '../domain/limits.js';
import { type Instant, type Millis, formatInstant } from '../domain/time.js';
import { parseFaq } from '../importers/faq.js';
import { ImportError } from '../importers/imported.js';
import { readText } from '../importers/read.js';

/** A version of a table that an address sent. */
export interface TableCopy {
  readonly text: string;
  readonly at: Instant;
  readonly etag: string | null;
  readonly modified: string | null;
}

/** Known versions and state of the table at an address. */
export interface TableState {
  /** The newest version; null before the first response. */
  readonly newest: TableCopy | null;
  /** The last version without errors. */
  readonly good: TableCopy | null;
  /** Error of the last attempt; null if it succeeded. */
  readonly failure: TableAccess['failure'];
  readonly isPending: boolean;
}

/** An address that a rule names. */
export interface WantedTable {
  /** Key of the address together with the allowed internal hosts. */
  readonly key: string;
  readonly url: string;
  readonly every: Millis;
  readonly allowHosts: readonly string[];
  /** Folder beside the store for its last good version; null if it is in the database. */
  readonly folder: string | null;
}

/** A FAQ table whose rows become rules. */
export interface UsedTable {
  /** Path or address of the table. */
  readonly name: string;
  readonly text: string;
  /** Key of the address; null for a file. */
  readonly key: string | null;
  /** True if the newest version is used. */
  readonly isNewest: boolean;
}

/** The tables that the rules of a configuration name, recorded while they are read. */
export interface TableLog {
  readonly wanted: Map<string, WantedTable>;
  readonly files: Set<string>;
  readonly used: UsedTable[];
}

export function createTableLog(): TableLog {
  return { wanted: new Map(), files: new Set(), used: [] };
}

export const isAddress = (from: string): boolean => /^https?:\/\//iu.test(from);

/**
 * Finds the tables for rules: reads files, and takes tables at addresses from the fetched versions. `kept`
 * has texts that are used instead, by name.
 */
export function tableSource(
  config: Config,
  states: ReadonlyMap<string, TableState>,
  log: TableLog,
  kept?: ReadonlyMap<string, string>,
): TableSource {
  const asTable = (text: string, name: string, from?: string): TableVersion => ({
    read: () => tableOf(text, name, config),
    ...(from === undefined ? {} : { from }),
  });
  const onlyVersion = (name: string, text: string): TableAccess => {
    const use = (): void => void log.used.push({ name, text, key: null, isNewest: true });
    return { ...ACCESS, name, versions: [asTable(text, name)], use };
  };
  const fileAccess = (from: string, ruleFile: string): TableAccess => {
    const name = join(dirname(ruleFile), from);
    const refused = pathProblem(from);
    if (refused) return { ...ACCESS, name: from, failure: refused };
    const known = kept?.get(name);
    if (known !== undefined) return onlyVersion(name, known);
    log.files.add(name);
    try {
      if (statSync(name).size > LIMITS.tableBytes) return { ...ACCESS, name, failure: TOO_LARGE };
      return onlyVersion(name, readText(name).text);
    } catch (error) {
      return { ...ACCESS, name, failure: failureOf(error) };
    }
  };
  const addressAccess = (url: string, every: Millis): TableAccess => {
    const known = kept?.get(url);
    if (known !== undefined) return onlyVersion(url, known);
    const refused = addressProblem(url);
    if (refused) return { ...ACCESS, name: url, failure: refused };
    const { allowHosts } = config.webhooks;
    const key = JSON.stringify([url, allowHosts]);
    const before = log.wanted.get(key)?.every ?? every;
    const folder = config.store.kind === 'sqlite' ? `${config.store.path}-tables` : null;
    log.wanted.set(key, { key, url, every: Math.min(every, before), allowHosts, folder });
    const { newest, good, failure, isPending } = states.get(key) ?? PENDING;
    const copies = [newest, good === newest ? null : good].filter((copy) => copy !== null);
    const versions = copies.map(({ text, at }) => asTable(text, url, ` of ${formatInstant(at)}`));
    const use = (version: TableVersion): void => {
      const copy = copies[versions.indexOf(version)];
      if (copy) log.used.push({ name: url, text: copy.text, key, isNewest: copy === newest });
    };
    return { name: url, versions, failure, isPending, use };
  };
  return ({ from, ruleFile, every }) =>
    isAddress(from) ? addressAccess(from, every) : fileAccess(from, ruleFile);
}

const ACCESS: Omit<TableAccess, 'name'> = {
  versions: [],
  failure: null,
  isPending: false,
  use: () => undefined,
};
const PENDING: TableState = { newest: null, good: null, failure: null, isPending: true };
const TOO_LARGE = {
  message: `is larger than ${LIMITS.tableBytes} bytes`,
  fix: 'Split it into several tables.',
};

/**
 * Tables must be beside the rule files: rules may be edited over the network, and must not read other files.
 */
export function pathProblem(from: string): TableAccess['failure'] {
  const path = normalize(from);
  if (!isAbsolute(path) && !path.startsWith('..') && !/^[a-z]+:/iu.test(from)) return null;
  return {
    message: 'is not in the folder of the rule file',
    fix: 'Put the table there or into a folder below, and write its name: faq.csv. Or write an https address.',
  };
}

function addressProblem(url: string): TableAccess['failure'] {
  if (!URL.canParse(url)) return { message: 'is not an address', fix: 'Write https://…' };
  const { username, password } = new URL(url);
  if (username + password === '') return null;
  return { message: 'has a user name or password', fix: 'Give an address that needs none.' };
}

function failureOf(error: unknown): NonNullable<TableAccess['failure']> {
  if (error instanceof ImportError)
    return { message: error.message.replace(`${error.place}: `, ''), fix: error.fix };
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT'
    ? { message: 'there is no such file', fix: 'Write its name as it is in the folder of the rule file.' }
    : { message: `cannot be read (${code})`, fix: 'Allow the user that runs autoresponder to read it.' };
}

/** Parses the text of a table. Errors of the whole file become errors of a row. */
function tableOf(text: string, name: string, { accounts }: Config): FaqTable {
  try {
    return parseFaq({ name, text }, accounts, { rows: LIMITS.tableRows });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    const { row, column } = /:(?<row>\d+)(?::(?<column>\d+))?$/u.exec(error.place)?.groups ?? {};
    const message = error.message.replace(`${error.place}: `, '');
    const problem = { row: Number(row ?? 1), column: Number(column ?? 1), message, fix: error.fix };
    return { rows: [], columns: new Map(), problems: [problem] };
  }
}
