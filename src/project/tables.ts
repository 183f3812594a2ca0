import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock, Instant } from '../domain/time.js';
import { ImportError } from '../importers/imported.js';
import { decode } from '../importers/read.js';
import { TableError } from './table-error.js';
import type { TableCopy, TableState, UsedTable, WantedTable } from './table-source.js';

/** The FAQ tables that addresses sent, kept for the life of a process. */
export interface Tables {
  readonly states: ReadonlyMap<string, TableState>;
  /** Fetches the addresses that were not fetched yet. Resolves to false if all were fetched. */
  fetchNew(wanted: Iterable<WantedTable>): Promise<boolean>;
  /** Forgets addresses that no rule names any more. */
  only(wanted: ReadonlySet<string>): void;
  /** Fetches the addresses that are due. Resolves to true if a table changed, or began or ceased to fail. */
  refresh(): Promise<boolean>;
  /** Makes used versions the last good ones, and saves them beside the store if `isKeeping`. Never rejects. */
  accept(used: readonly UsedTable[], onTrouble: (error: unknown) => void): Promise<void>;
  /** Adds last good versions from another source, by address. Returns true if one was missing. */
  restore(texts: ReadonlyMap<string, string>): boolean;
}

export interface TablesOptions {
  readonly clock?: Clock;
  /** True to save last good versions beside the store. @default false */
  readonly isKeeping?: boolean;
}

/** An address with its state and the time of its next fetch. */
interface Entry {
  wanted: WantedTable;
  state: TableState;
  dueAt: Instant;
}

const AT_ONCE = 4;

export function createTables({ clock = Date.now, isKeeping = false }: TablesOptions = {}): Tables {
  const entries = new Map<string, Entry>();
  const states = new Map<string, TableState>();
  const update = (entry: Entry, state: TableState): void => {
    entry.state = state;
    states.set(entry.wanted.key, state);
  };

  async function fetchOne(entry: Entry): Promise<boolean> {
    const before = entry.state;
    entry.dueAt = clock() + entry.wanted.every;
    update(entry, await next(before, entry.wanted, clock()));
    const { newest, failure } = entry.state;
    return before.newest?.text !== newest?.text || (before.failure === null) !== (failure === null);
  }

  return {
    states,
    async fetchNew(wanted) {
      const found: Entry[] = [];
      for (const each of wanted) {
        const known = entries.get(each.key);
        if (known) known.wanted = each;
        else found.push(await entryOf(each));
      }
      for (const entry of found) {
        entries.set(entry.wanted.key, entry);
      }
      await fewAtOnce(found, fetchOne);
      return found.length > 0;
    },
    only(wanted) {
      for (const known of [entries, states])
        for (const key of [...known.keys()].filter((each) => !wanted.has(each))) known.delete(key);
    },
    refresh: () =>
      fewAtOnce(
        [...entries.values()].filter(({ dueAt }) => dueAt <= clock()),
        fetchOne,
      ),
    async accept(used, onTrouble) {
      for (const { key, isNewest } of used) {
        const entry = entries.get(key ?? '');
        const newest = isNewest ? entry?.state.newest : null;
        if (!entry || !newest || newest === entry.state.good) continue;
        update(entry, { ...entry.state, good: newest });
        if (isKeeping) await save(entry.wanted, newest).catch(onTrouble);
      }
    },
    restore(texts) {
      const lacking = [...entries.values()].filter(({ state }) => !state.good);
      const found = lacking.map((entry) => {
        const text = texts.get(entry.wanted.url) ?? null;
        if (text !== null) update(entry, { ...entry.state, good: { ...UNDATED, text, at: clock() } });
        return text !== null;
      });
      return found.includes(true);
    },
  };
}

/** Runs the work for a few addresses at a time. Resolves to true if one of the calls did. */
async function fewAtOnce(
  due: readonly Entry[],
  fetchOne: (entry: Entry) => Promise<boolean>,
): Promise<boolean> {
  const queue = [...due];
  const changed: boolean[] = [];
  const runs = Array.from({ length: AT_ONCE }, async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) changed.push(await fetchOne(entry));
  });
  await Promise.all(runs);
  return changed.some(Boolean);
}

async function entryOf(wanted: WantedTable): Promise<Entry> {
  const good = wanted.folder === null ? null : await savedIn(wanted.folder, wanted.key);
  return { wanted, state: { ...NOTHING, good }, dueAt: 0 };
}

const UNDATED = { etag: null, modified: null };
const NOTHING: TableState = { newest: null, good: null, failure: null, isPending: false };

/** The state after one attempt to fetch. */
async function next(state: TableState, wanted: WantedTable, now: Instant): Promise<TableState> {
  try {
    const newest = await newestOf(state, wanted, now);
    if (newest.text === state.good?.text) return { newest, good: newest, failure: null, isPending: false };
    return { ...state, newest, failure: null };
  } catch (error) {
    if (error instanceof ImportError) {
      const message = error.message.replace(`${error.place}: `, '');
      return { ...state, failure: { message, fix: error.fix } };
    }
    // Any other error is a failure of this table as well: it must neither end the program nor stop other tables.
    const { message, fix } = error instanceof TableError ? error : unexpected(error);
    return { ...state, failure: { message, fix } };
  }
}

function unexpected(error: unknown): { readonly message: string; readonly fix: string } {
  return { message: `could not be read: ${String(error)}`, fix: 'Check the address; it is tried again.' };
}

async function newestOf({ newest, good }: TableState, wanted: WantedTable, now: Instant): Promise<TableCopy> {
  const known = newest ?? good;
  const { etag, modified } = known ?? { etag: null, modified: null };
  // Loaded on demand: Node's HTTP client takes 20 ms, and few projects have a table at an address.
  const { fetchTable } = await import('./table-fetch.js');
  const body = await fetchTable({ ...wanted, etag, modified });
  if (body)
    return { etag: body.etag, modified: body.modified, text: decode(body.bytes, wanted.url).text, at: now };
  if (known) return known;
  throw new TableError('responded with 304 to a first request', 'Check the address; it is tried again.');
}

const savedCopy = z.object({
  text: z.string(),
  at: z.number(),
  etag: z.string().nullable(),
  modified: z.string().nullable(),
});

function fileOf(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
}

async function savedIn(folder: string, key: string): Promise<TableCopy | null> {
  try {
    return savedCopy.parse(JSON.parse(await readFile(fileOf(folder, key), 'utf8')));
  } catch {
    // Ignores a file that is missing or written by another release, because the address is fetched anyway.
    return null;
  }
}

async function save({ folder, key }: WantedTable, copy: TableCopy): Promise<void> {
  if (folder === null) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = fileOf(folder, key);
  await writeFile(`${file}.new`, JSON.stringify(copy), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
