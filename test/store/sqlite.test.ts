import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import Libsql from 'libsql';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { decideEvent } from '../../src/actions/decide/decide-event.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { MIGRATIONS } from '../../src/store/migrations/migrations.js';
import { decisionOf } from '../../src/store/ports/journalled-decision.js';
import { controlPath } from '../../src/store/open.js';
import { checkStore } from '../../src/store/sqlite/customer.js';
import { openSqlite, readSqlite, sqliteReports, sqliteStore } from '../../src/store/sqlite/store.js';
import { type Connection, openWriter } from '../../src/store/sqlite/open.js';
import { aConfig, aDecision, anAccount, anEvent, TUESDAY } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { storeContract } from './contract.js';
import { funnelsOf } from './known.js';
import { openCopied } from './template.js';

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
  let store = openCopied(path, clock);
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

function pageOf(db: Libsql.Database, sql: string): number | undefined {
  try {
    return (db.prepare(sql).get() as { pageno: number } | undefined)?.pageno;
  } catch {
    // SQLite may be built without the `dbstat` table.
    return undefined;
  }
}

function indexesOf(db: Connection): unknown[] {
  return db.prepare("select name, tbl_name from sqlite_master where type = 'index' order by name").all();
}

describe('a SQLite store', () => {
  it('refuses a second writer with a fix', async () => {
    const path = join(aFolder(), 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(
      /another autoresponder is using the store at .*; fix: stop it first/u,
    );
    await store.close();
    await openSqlite(path, () => TUESDAY).close();
  });

  it.skipIf(process.platform === 'win32')('refuses a second writer that opens a symbolic link', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'data'));
    const path = join(folder, 'data', 'test.db');
    symlinkSync(path, join(folder, 'link.db'));
    symlinkSync(join(folder, 'data'), join(folder, 'linked'));
    // The file itself comes last: the first process to open it through a link creates it at the link's target.
    const store = openSqlite(join(folder, 'link.db'), () => TUESDAY);
    for (const other of [path, join(folder, 'linked', 'test.db')]) {
      expect(() => openSqlite(other, () => TUESDAY)).toThrow(/another autoresponder is using the store/u);
    }
    const config = (link: string) => ({ store: { kind: 'sqlite', path: link } as const });
    expect(controlPath(config(join(folder, 'link.db')))).toBe(controlPath(config(path)));
    await store.close();
  });

  it('refuses a store that has a hard link, and opens it again once the link is removed', async () => {
    const folder = aFolder();
    const path = join(folder, 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    linkSync(path, join(folder, 'other.db'));
    expect(() => openSqlite(join(folder, 'other.db'), () => TUESDAY)).toThrow(
      /other\.db has 2 names \(hard links\).*fix: keep only the name/u,
    );
    await store.close();
    rmSync(join(folder, 'other.db'));
    await openSqlite(path, () => TUESDAY).close();
  });

  it('reports a damaged page and a file that is not a store, each with a fix', async () => {
    const path = join(aFolder(), 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    const events = Array.from({ length: 200 }, (_, n) => anEvent({ id: `message:${n}`, sourceId: `${n}` }));
    await store.recordPage(
      'messages',
      events.map((event) => ({ event, beforeStart: false })),
      null,
    );
    await store.close();
    const reader = new Libsql(path);
    const rows = "select pageno from dbstat where name = 'events' and pagetype = 'leaf' limit 1";
    const root = "select rootpage as pageno from sqlite_schema where name = 'events'";
    reader.exec('pragma wal_checkpoint(truncate)');
    const page = pageOf(reader, rows) ?? pageOf(reader, root) ?? 0;
    reader.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, (page - 1) * 4_096);
    closeSync(file);
    const damaged = openSqlite(path, () => TUESDAY);
    const failed = await damaged.journal({ limit: 500 }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'StoreError', code: 'damaged' });
    expect(String(failed)).toMatch(/test\.db is damaged .*; fix: stop the program, .*recover/u);
    await damaged.close();

    const other = join(aFolder(), 'notes.txt');
    writeFileSync(other, 'something else\n'.repeat(500));
    expect(() => openSqlite(other, () => TUESDAY)).toThrow(/notes\.txt is not a SQLite database; fix: /u);
  });

  it('reports a full disk in a transaction too, where the library hides it', async () => {
    const opened = openWriter(join(aFolder(), 'test.db'));
    const store = sqliteStore(opened, () => TUESDAY);
    const { page_count: pages } = opened.db.prepare('pragma page_count').get() as { page_count: number };
    opened.db.exec(`pragma max_page_count = ${pages}`);
    const text = 'x'.repeat(20_000);
    const events = Array.from({ length: 20 }, (_, n) =>
      anEvent({ id: `message:${n}`, sourceId: `${n}`, text }),
    );
    const page = events.map((event) => ({ event, beforeStart: false }));
    const failed = await store.recordPage('messages', page, null).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'StoreError', code: 'full' });
    expect(String(failed)).toMatch(/the disk is full; fix: free some space/u);
    // Nothing of the transaction was committed, and with free space it succeeds.
    opened.db.exec('pragma max_page_count = 1000000');
    expect(await store.journal({ limit: 5 })).toEqual([]);
    await store.recordPage('messages', page, null);
    await store.close();
  });

  it('allows read-only connections beside the writer', async () => {
    const path = join(aFolder(), 'test.db');
    const store = openSqlite(path, () => TUESDAY);
    await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    const reader = readSqlite(path, () => TUESDAY);
    expect(await reader.journal({ limit: 5 })).toHaveLength(1);
    await expect(async () => reader.setPause({ scope: 'all', until: Infinity })).rejects.toThrow(/readonly/u);
    await reader.close();
    await store.close();
  });

  it('refuses a command of another customer beside the writer', async () => {
    const path = join(aFolder(), 'test.db');
    const bakery = { apiKey: 'key of bakery', accounts: ['1'] };
    const store = openSqlite(path, () => TUESDAY, bakery);
    expect(() => checkStore(path, { apiKey: 'key of florist', accounts: ['2'] })).toThrow(
      /another customer/u,
    );
    checkStore(path, { ...bakery, accounts: ['3'] });
    await store.close();
  });

  it('reports that there is no store yet', () => {
    expect(() => readSqlite(join(aFolder(), 'none.db'), () => TUESDAY)).toThrow(
      /yet; fix: start `autoresponder run`, which creates it/u,
    );
  });

  it('reports that a store is not ready, rather than a missing table', () => {
    const path = join(aFolder(), 'empty.db');
    writeFileSync(path, '');
    expect(() => readSqlite(path, () => TUESDAY)).toThrow(
      /is not ready; fix: start `autoresponder run`, which completes it/u,
    );
  });

  it('is copied before an upgrade, and the copy is deleted after a week', () => {
    const path = join(aFolder(), 'old.db');
    const old = new Libsql(path);
    old.exec(
      `${MIGRATIONS.slice(0, 5).join(';')}; pragma user_version = 5; insert into own_ids values ('a', '1')`,
    );
    old.close();
    openWriter(path).close();
    const copy = new Libsql(`${path}.v5.bak`);
    expect(copy.prepare('pragma user_version').get()).toMatchObject({ user_version: 5 });
    expect(copy.prepare('select account from own_ids').get()).toMatchObject({ account: 'a' });
    copy.close();

    openWriter(path).close();
    expect(existsSync(`${path}.v5.bak`)).toBe(true);
    const lastWeek = (Date.now() - 8 * DAY) / 1_000;
    utimesSync(`${path}.v5.bak`, lastWeek, lastWeek);
    openWriter(path).close();
    expect(existsSync(`${path}.v5.bak`)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner only, and so is the copy', () => {
    const path = join(aFolder(), 'new.db');
    const first = openWriter(path);
    first.db.exec(`insert into own_ids values ('a', '1')`);
    expect(['', '-wal', '-shm'].map((file) => statSync(`${path}${file}`).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
    first.close();
    // An existing file keeps the mode that its owner gave it.
    const old = join(aFolder(), 'old.db');
    const before = new Libsql(old);
    before.exec(`${MIGRATIONS.slice(0, 5).join(';')}; pragma user_version = 5`);
    before.close();
    chmodSync(old, 0o640);
    openWriter(old).close();
    expect([statSync(old).mode & 0o777, statSync(`${old}.v5.bak`).mode & 0o777]).toEqual([0o640, 0o600]);
  });

  it('is not upgraded when it cannot be copied', () => {
    const path = join(aFolder(), 'old.db');
    const old = new Libsql(path);
    old.exec(`${MIGRATIONS.slice(0, 5).join(';')}; pragma user_version = 5`);
    old.close();
    mkdirSync(`${path}.v5.bak`);
    expect(() => openWriter(path)).toThrow(
      /cannot be upgraded, because a backup cannot be created at .*\.v5\.bak/u,
    );
    const still = new Libsql(path);
    expect(still.prepare('pragma user_version').get()).toMatchObject({ user_version: 5 });
    still.close();
  });

  it('keeps sends, attempts and unique keys when a store of an older version is opened', async () => {
    const path = join(aFolder(), 'old.db');
    const old = new Libsql(path);
    old.exec(`pragma foreign_keys = on; ${MIGRATIONS.slice(0, 2).join(';')}; pragma user_version = 2;
      insert into events (id, kind, platform, source_id, contact_id, text, at, read_at, direction, before_start)
        values ('message:m1', 'message', 'instagram', 'm1', 'ana', 'price?', 1, 1, 'incoming', 0);
      insert into sends (event_id, rule, action, route, platform, account, lane, contact_id, text, disclosed, state,
          event_at, created_at, not_before)
        values ('message:m1', 'pricing', 'reply', 'POST /v2/messages', 'instagram', 'shop-ig', 'shop-ig/ana', 'ana', 'Hi',
          0, 'sent', 1, 1, 1);
      insert into attempts (send_id, account, started_at) values (1, 'shop-ig', 1);`);
    const indexes = indexesOf(old as unknown as Connection);
    old.close();
    const { db, close } = openWriter(path);
    expect(db.prepare('select id, text, state, part from sends').all()).toMatchObject([
      { id: 1, text: 'Hi', state: 'sent', part: 1 },
    ]);
    expect(db.prepare('select send_id from attempts').all()).toMatchObject([{ send_id: 1 }]);
    expect(db.prepare('pragma foreign_key_check').all()).toEqual([]);
    expect(indexesOf(db)).toEqual(expect.arrayContaining(indexes));
    const another = (part: number) => () =>
      db.exec(`insert into sends (event_id, rule, action, route, platform, account, lane, contact_id, text, disclosed,
        state, event_at, created_at, not_before, part) select event_id, rule, action, route, platform, account, lane,
        contact_id, text, 0, 'pending', 1, 1, 1, ${part} from sends limit 1`);
    expect(another(1)).toThrow(/UNIQUE/u);
    expect(another(2)).not.toThrow();
    expect(() => db.exec('insert into attempts (send_id, account, started_at) values (99, 1, 1)')).toThrow(
      /FOREIGN KEY/u,
    );
    close();
  });

  it('counts the funnel runs of a store without counts when it is opened', async () => {
    const path = join(aFolder(), 'old.db');
    const old = new Libsql(path);
    old.exec(`pragma foreign_keys = on; ${MIGRATIONS.slice(0, 37).join(';')}; pragma user_version = 37;
      insert into funnels (steps) values ('{"steps":[],"otherwise":[]}');
      insert into runs (rule, funnel, account, contact_id, event_id, last_event, step, wrong, within, state, outcome,
          detail, match, started_at, sent_at) values
        ('pricing', 1, 'shop-ig', 'ana', 'm1', 'm1', 0, 0, 1, 'waiting', null, null, '{}', ${TUESDAY}, ${TUESDAY}),
        ('pricing', 1, 'shop-ig', 'bo', 'm2', 'm2', 0, 0, 1, 'ended', 'refused', 'blocked', '{}', ${TUESDAY}, null);
      insert into run_steps (run, step, at) values (1, 0, ${TUESDAY}), (2, 0, ${TUESDAY});`);
    old.close();
    openWriter(path).close();
    const reports = sqliteReports(path);
    const { counted, fromRuns } = await funnelsOf(TUESDAY, reports);
    expect(counted).toEqual(fromRuns);
    expect(counted).toMatchObject([
      [{ rule: 'pricing', reached: 2, sent: 1, open: 1, refused: { blocked: 1 } }],
      [{ rule: 'pricing', reached: 2, steps: [{ step: 0, reached: 1 }] }],
    ]);
    await reports.close();
  });

  it('opens a store of the released 0.1.0, and reads all its data', async () => {
    const path = join(aFolder(), 'released.db');
    const old = new Libsql(path);
    old.exec(readFileSync(new URL('./fixtures/store-0.1.0.sql', import.meta.url), 'utf8'));
    old.close();
    const store = openSqlite(path, () => TUESDAY);

    const rows = await store.journal({ limit: 100 });
    expect(rows.map(({ reason, damage }) => [reason, damage])).toEqual(
      [
        ...['own_message', 'own_message', 'own_message', 'own_message', 'own_message', 'own_message'],
        ...['queued', 'cooldown', 'replied', 'replied', 'replied', 'no_match', 'shadow', 'replied'],
      ].map((reason) => [reason, null]),
    );
    const queued = rows.find(({ reason }) => reason === 'queued')!;
    expect(decisionOf(queued)).toMatchObject({
      ...{ rule: 'guide-funnel', actions: [{ type: 'reply', text: 'Thank you, cy@mail.example.' }] },
      runs: [{ kind: 'end', outcome: 'completed' }],
    });
    expect((await store.sends({ limit: 10 })).map(({ state, contactId }) => [state, contactId])).toEqual([
      ...[
        ['ambiguous', 'cy'],
        ['sent', 'flo'],
        ['sent', 'di'],
        ['sent', 'di'],
        ['sent', 'cy'],
      ],
      ...[
        ['sent', 'cy'],
        ['sent', 'ana'],
      ],
    ]);
    expect(await store.contacts({ limit: 10 })).toMatchObject([
      { contactId: 'ana', tags: ['asked'], runs: [{ state: 'ended', outcome: 'completed', steps: 2 }] },
      { contactId: 'bo', runs: [] },
      { contactId: 'cy', tags: ['lead'], fields: { email: 'cy@mail.example' } },
      { contactId: 'di', runs: [{ rule: 'guide-funnel', state: 'waiting', step: 1, steps: 3 }] },
      { contactId: 'ed' },
      { contactId: 'flo', isOptedOut: true },
    ]);
    const figures = await store.funnelFigures(0);
    expect(figures.find(({ rule }) => rule === 'guide-funnel')).toMatchObject({ reached: 2, open: 1 });
    expect(await store.webhooks({ limit: 5 })).toMatchObject([{ state: 'pending', rule: 'pricing' }]);
    await store.close();
  });

  it('a contact in the middle of a funnel of the released 0.1.0 finishes it, by the steps of then', async () => {
    const path = join(aFolder(), 'released.db');
    const old = new Libsql(path);
    old.exec(readFileSync(new URL('./fixtures/store-0.1.0.sql', import.meta.url), 'utf8'));
    old.close();
    const config = aConfig({ accounts: [anAccount()] });
    const { guards } = config;
    const accounts = new Map(config.accounts.map((each) => [each.name, each]));
    const settings = { mode: 'live', accounts, guards, optOut: null } as const;
    const set = aRuleSet(
      'version: 1\nrules: [{ id: other, on: message, keywords: [else], reply: "?" }]',
      config,
    );
    let now = 1795845776571 + HOUR;
    const store = openSqlite(path, () => now);
    const contact = { id: 'di', name: null, username: null };
    const said: string[] = [];
    for (const [sourceId, text] of Object.entries({ d1: 'my what?', d2: 'di@mail.example' })) {
      now += HOUR;
      const event = anEvent({ sourceId, text, contact, at: now });
      await store.recordPage('messages', [{ event, beforeStart: false }], null);
      const facts = await store.factsFor(event, now, { answers: DAY, mode: 'live' });
      const decision = await decideEvent(event, facts, set, settings);
      await store.recordDecision(event, decision, now);
      said.push(...decision.actions.map((action) => action.text));
    }
    expect(said).toEqual(['Once more?', 'Thank you, di@mail.example.']);
    expect(await store.contacts({ limit: 1, contactId: 'di' })).toMatchObject([
      {
        tags: ['lead'],
        fields: { email: 'di@mail.example' },
        runs: [{ state: 'ended', outcome: 'completed' }],
      },
    ]);
    await store.close();
  });

  it('reports a damaged record of the journal, and shows the other rows', async () => {
    const path = join(aFolder(), 'test.db');
    const open = openWriter(path);
    const store = sqliteStore(open, () => TUESDAY);
    const events = ['m1', 'm2', 'm3'].map((sourceId) => anEvent({ sourceId }));
    await store.recordPage(
      'messages',
      events.map((event) => ({ event, beforeStart: false })),
      null,
    );
    for (const event of events)
      await store.recordDecision(event, aDecision({ detail: 'so it was' }), TUESDAY);
    const damage = open.db.prepare('update events set trace = ? where source_id = ?');
    damage.run('{"text":"pri', 'm1');
    damage.run('{"text":"price?","words":["price"],"rules":"none","guards":[]}', 'm2');
    const rows = await store.journal({ limit: 5 });
    expect(rows.map(({ damage: what }) => what)).toEqual([
      null,
      expect.stringMatching(/^rules: /u),
      'not valid JSON',
    ]);
    expect(rows.map((row) => decisionOf(row)?.detail)).toEqual([
      'so it was',
      expect.stringMatching(/^so it was; the journal's record of this decision is damaged \(rules: /u),
      "so it was; the journal's record of this decision is damaged (not valid JSON)",
    ]);
    await store.close();
  });

  it('refuses a store of a newer release', () => {
    const path = join(aFolder(), 'test.db');
    const { db, close } = openWriter(path);
    db.exec('pragma user_version = 999');
    close();
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(/created by a newer release \(its version is 999/u);
    expect(() => openSqlite(path, () => TUESDAY)).toThrow(/created by a newer release/u);
  });
});
