import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite, readSqlite } from '../../src/store/sqlite/store.js';
import { openWriter } from '../../src/store/sqlite/open.js';
import { anEvent, TUESDAY } from '../builders.js';
import { storeContract } from './contract.js';

const folders: string[] = [];
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

storeContract('sqlite', async (clock) => {
  const path = join(aFolder(), 'test.db');
  let store = openSqlite(path, clock);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openSqlite(path, clock);
      return store;
    },
    dispose: () => store.close(),
  };
});

describe('sqlite files', () => {
  it('refuses a second writer with a sentence that says what to do', async () => {
    const path = join(aFolder(), 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(
      /another autoresponder is using the store at .*; stop it first/u,
    );
    await store.close();
    await openSqlite(path, () => TUESDAY).close();
  });

  it('lets others read beside the writer, and write nothing', async () => {
    const path = join(aFolder(), 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    const reader = readSqlite(path, () => TUESDAY);
    expect(await reader.journal({ limit: 5 })).toHaveLength(1);
    await expect(async () => reader.setPause({ scope: 'all', until: Infinity })).rejects.toThrow(/readonly/u);
    await reader.close();
    await store.close();
  });

  it('says that there is no store yet', () => {
    expect(() => readSqlite(join(aFolder(), 'none.db'), () => TUESDAY)).toThrow(
      /`autoresponder run` makes it/u,
    );
  });

  it('says that a store is not ready, rather than that a table is missing', () => {
    const path = join(aFolder(), 'empty.db');
    writeFileSync(path, '');
    expect(() => readSqlite(path, () => TUESDAY)).toThrow(/is not ready: `autoresponder run` makes it so/u);
  });

  it('refuses a store that a newer release made', () => {
    const path = join(aFolder(), 'test.db');
    const { db, close } = openWriter(path);
    db.exec('pragma user_version = 999');
    close();
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(/made by a newer release \(its version is 999/u);
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(/made by a newer release/u);
  });
});
