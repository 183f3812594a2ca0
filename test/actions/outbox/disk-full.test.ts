import { describe, expect, it, vi } from 'vitest';
import { type Clock, SECOND } from '../../../src/domain/time.js';
import Libsql from 'libsql';
import { type Connection, openWriter } from '../../../src/store/sqlite/open.js';
import { openSqlite, sqliteStore } from '../../../src/store/sqlite/store.js';
import type { Store } from '../../../src/store/ports/store.js';
import { aBench } from './bench.js';

const PEOPLE = 60;

/** The store over a connection that the test can reach, to let SQLite itself run out of pages. */
function openWith(reach: (db: Connection) => void): (path: string, clock: Clock) => Store {
  return (path, clock) => {
    const opened = openWriter(path);
    reach(opened.db);
    return sqliteStore(opened, clock);
  };
}

describe('a store that another program has locked', () => {
  it('loses no reply and doubles none', async () => {
    let path = '';
    const bench = await aBench({}, (opened, clock) => {
      path = opened;
      return openSqlite(opened, clock);
    });
    for (const person of ['ana', 'bo', 'cy']) await bench.queue('shop-ig', person);
    await bench.outbox.start();
    // Locks the store like a backup program that keeps a transaction open, or a person with a database
    // browser.
    const other = new Libsql(path, { timeout: 0 });
    other.exec('begin immediate');
    bench.outbox.nudge();
    await vi.waitFor(() => expect(bench.troubles).not.toEqual([]), 30_000);
    expect(bench.sandbox.sends()).toEqual([]);
    other.exec('rollback');
    other.close();
    await vi.waitFor(async () => {
      bench.pass(2 * SECOND);
      expect(new Set(Object.values(await bench.states()))).toEqual(new Set(['sent']));
    }, 30_000);
    expect(bench.sandbox.sends()).toHaveLength(3);
  });
});

describe('a full disk', () => {
  it('loses no reply and doubles none', async () => {
    let db: Connection | undefined;
    const bench = await aBench(
      {},
      openWith((opened) => {
        db = opened;
      }),
    );
    for (let n = 0; n < PEOPLE; n += 1) await bench.queue('shop-ig', `person-${n}`);
    const { page_count: pages } = db!.prepare('pragma page_count').get() as { page_count: number };
    db!.exec(`pragma max_page_count = ${pages}`);
    await bench.outbox.start();
    bench.outbox.nudge();
    await vi.waitFor(() => expect(bench.troubles).not.toEqual([]), 10_000);
    for (let more = 0; more < 5; more += 1) bench.pass(2 * SECOND);
    expect(bench.sandbox.sends().length).toBeLessThan(PEOPLE);

    db!.exec('pragma max_page_count = 1000000');
    await vi.waitFor(async () => {
      bench.pass(2 * SECOND);
      expect(new Set(Object.values(await bench.states()))).toEqual(new Set(['sent']));
    }, 20_000);
    const texts = bench.sandbox.sends().map((send) => send.text);
    expect(texts).toHaveLength(PEOPLE);
    expect(new Set(texts).size).toBe(PEOPLE);
  });
});
