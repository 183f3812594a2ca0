import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Facts } from '../../src/domain/facts.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { TABLES } from '../../src/store/postgres/migrations/001-initial.js';
import type { PgStore } from '../../src/store/postgres/open.js';
import { postgresReports, postgresStore, acquireLease, workspaceOf } from '../../src/store/postgres/store.js';
import { openReader, openWriter } from '../../src/store/sqlite/open.js';
import { openSqlite, readSqlite, sqliteReports } from '../../src/store/sqlite/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { removeWorkspace } from '../../src/store/postgres/remove-workspace.js';
import { transfer } from '../../src/store/transfer.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { funnelsOf } from './known.js';
import { usePostgres } from '../postgres/use.js';

const clock = () => TUESDAY + HOUR;
const BUDGET = { perMinute: 100, perHourPerAccount: 100 };

let served: PgStore;
usePostgres((opened) => (served = opened));

function aPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'transfer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'old.db');
}

/** An installation with data: a sent, an ambiguous and a waiting send, a funnel, a pause, an opt-out. */
async function lived(path: string): Promise<void> {
  const store = openSqlite(path, clock);
  const people = ['ana', 'bo', 'cy', 'di'].map((id, n) =>
    anEvent({ sourceId: `m${n}`, at: TUESDAY + n, contact: { id, name: `${id}\u0000`, username: null } }),
  );
  await store.recordPage(
    'messages',
    people.map((event) => ({ event, beforeStart: false })),
    null,
  );
  await store.endPoll(
    [{ resource: 'messages', watermarks: new Map([['instagram', TUESDAY]]), at: TUESDAY }],
    TUESDAY,
  );
  const comment = aComment();
  await store.recordPage('comments', [{ event: comment, beforeStart: false }], null);
  const run = {
    kind: 'start',
    rule: 'pricing',
    funnel: { steps: [], otherwise: [] },
    step: 0,
    within: HOUR,
  } as const;
  await store.recordDecision(
    comment,
    aDecision({
      actions: [anAction({ type: 'private_reply' })],
      runs: [{ ...run, passed: [0], match: { keyword: null, groups: {} } }],
      effects: [{ type: 'tag', rule: 'pricing', tags: ['vip'] }],
    }),
    TUESDAY,
  );
  const [ana, bo, cy] = people;
  for (const event of [ana!, bo!]) await store.recordDecision(event, aDecision(), TUESDAY);
  await store.recordDecision(cy!, aDecision({ optOut: 'stop', actions: [], reason: 'opted_out' }), TUESDAY);
  await store.setPause({ scope: 'account:other', until: Infinity });
  const { send } = await store.claimSend('POST /v2/messages', TUESDAY + MINUTE, BUDGET);
  const failed = { state: 'failed', reason: 'failed', detail: 'gone' } as const;
  await store.endAttempt(send!, failed, TUESDAY + MINUTE);
  await store.noteTrouble(
    [{ kind: 'failed', key: `send ${send!.id}`, at: TUESDAY, text: 'failed', fix: 'retry' }],
    TUESDAY,
    0,
  );
  const [noted] = await store.untold('email', 10);
  await store.markTold([noted!.id], 'email', TUESDAY);
  // The process is killed during this send.
  await store.claimSend('POST /v2/messages', TUESDAY + 2 * MINUTE, BUDGET);
  await store.close();
}

/** All data that a store returns, without the row numbers. */
async function told(store: Store): Promise<unknown> {
  const withoutNumbers = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, part: unknown) => (['seq', 'id'].includes(key) ? undefined : part)),
    );
  const undecided = await store.undecided(10);
  return withoutNumbers({
    journal: await store.journal({ limit: 100 }),
    sends: await store.sends({ limit: 100 }),
    contacts: await store.contacts({ limit: 100 }),
    summary: await store.summary(),
    queue: await store.queue(clock()),
    facts: sortedAnswers(
      await store.factsFor(anEvent({ sourceId: 'next' }), clock(), { answers: HOUR, mode: 'live' }),
    ),
    ...(await funnelsOf(TUESDAY, { funnels: store.funnelFigures })),
    undecided,
    untold: await store.untold('email', 10),
  });
}

/** Sorts the reply history, whose order is not defined. */
function sortedAnswers({ replies, ...facts }: Facts): unknown {
  return { ...facts, answers: replies.map((answer) => JSON.stringify(answer)).sort() };
}

async function moved() {
  const path = aPath();
  await lived(path);
  const source = openWriter(path);
  const name = `moved ${Math.random()}`;
  const workspace = await workspaceOf(served, name);
  const result = await transfer({
    from: source.db,
    to: served,
    workspace,
    where: 'postgres://db.example/shop',
  });
  const target = postgresStore(served, await acquireLease(served, workspace, 'test'), clock);
  return { path, source, workspace, target, result };
}

describe('a store that is moved to PostgreSQL', () => {
  it('returns the same data as before', async () => {
    const { path, source, target, result } = await moved();
    source.close();
    const old = readSqlite(path, clock);
    const before = JSON.stringify(await told(old)).replaceAll('\\u0000', '\uFFFD');
    await old.close();
    expect(JSON.parse(JSON.stringify(await told(target)))).toEqual(JSON.parse(before));
    expect(result.rows).toMatchObject({ events: 5, sends: 3, attempts: 2, runs: 1, told: 1 });
  });

  it('counts the steps of its funnels, under the new numbers of their versions', async () => {
    const { path, source, workspace } = await moved();
    source.close();
    const [old, reports] = [sqliteReports(path), postgresReports(served, workspace)];
    const { counted, fromRuns } = await funnelsOf(TUESDAY, reports);
    expect(counted).toEqual(fromRuns);
    const [before, after] = [await old.funnelShapes(0), await reports.funnelShapes(0)];
    expect(before).toMatchObject([{ rule: 'pricing', reached: 1, steps: [{ step: 0, reached: 1 }] }]);
    expect(after).toEqual(before.map((shape) => ({ ...shape, id: after[0]?.id })));
    await old.close();
  });

  it('keeps references: attempts to their sends, notifications to their notices', async () => {
    const { path, source, workspace, target } = await moved();
    source.close();
    const [old, reports] = [sqliteReports(path), postgresReports(served, workspace)];
    for (const event of ['message:m0', 'message:m1', 'comment:k1']) {
      const [before, after] = [await old.sendsOf(event), await reports.sendsOf(event)];
      expect(after.map(({ text, state }) => [text, state])).toEqual(
        before.map(({ text, state }) => [text, state]),
      );
      for (const [n, send] of after.entries())
        expect(await reports.attemptsOf(send.id)).toEqual(await old.attemptsOf(before[n]!.id));
    }
    await old.close();
    // The owner was notified of the failure, and is not notified again under its new row number.
    const [failed] = await target.sends({ states: ['failed'], limit: 1 });
    const notice = {
      kind: 'failed',
      key: `send ${failed!.id}`,
      at: TUESDAY,
      text: 'failed',
      fix: 'retry',
    } as const;
    await target.noteTrouble([notice], TUESDAY, 0);
    expect(await target.untold('email', 10)).toEqual([]);
  });

  it('sends no second reply: sends in flight are read back, and read messages are not new', async () => {
    const { source, target } = await moved();
    source.close();
    expect(await target.recoverSends(TUESDAY)).toBe(1);
    expect(
      await target.recordPage('messages', [{ event: anEvent({ sourceId: 'm0' }), beforeStart: false }], null),
    ).toBe(0);
    expect(await target.recordDecision(anEvent({ sourceId: 'm0' }), aDecision(), TUESDAY)).toBe(false);
  });

  it('is copied only into an empty workspace', async () => {
    const { source, workspace } = await moved();
    await expect(
      transfer({ from: source.db, to: served, workspace, where: 'postgres://db.example/shop' }),
    ).rejects.toThrow(/is not empty \(cursors\)/u);
    source.close();
  });

  it('can be moved again after its workspace was removed, which touches no other', async () => {
    const { source, workspace } = await moved();
    const { rows } = await served.admin.query<{ name: string }>(
      'select name from autoresponder.workspaces where id = $1',
      [workspace],
    );
    const name = rows[0]!.name;
    const other = await workspaceOf(served, 'neighbour');
    const store = postgresStore(served, await acquireLease(served, other, 'test'), clock);
    await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    const remove = (isDry: boolean) => removeWorkspace(served, name, { isDry, timeout: 10_000 });
    const worker = "insert into autoresponder.workers (id, workspaces, seen_at) values ('w', $1, now())";
    await served.admin.query(worker, [[workspace]]);
    await expect(remove(false)).rejects.toThrow(/a running worker serves the workspace ".+"; fix: /u);
    const watched = await remove(true);
    expect(watched.isServed).toBe(true);
    await served.admin.query("delete from autoresponder.workers where id = 'w'");
    const counted = await remove(true);
    expect(counted).toEqual({ rows: watched.rows, isServed: false });
    expect(counted.rows.get('events')).toBeGreaterThan(3);
    expect(await remove(false)).toEqual(counted);
    await expect(remove(false)).rejects.toThrow(/has no workspace/u);
    expect(await store.journal({ limit: 9 })).toHaveLength(1);
    const where = 'postgres://db.example/shop';
    const again = await workspaceOf(served, name);
    expect(again).not.toBe(workspace);
    await transfer({ from: source.db, to: served, workspace: again, where });
    source.close();
  });

  it('can still be opened by run when the move was refused', async () => {
    const { source, workspace } = await moved();
    source.close();
    const path = aPath();
    await lived(path);
    const other = openWriter(path);
    const where = 'postgres://db.example/shop';
    await expect(transfer({ from: other.db, to: served, workspace, where })).rejects.toThrow(/is not empty/u);
    other.close();
    openWriter(path).close();
  });

  it('can no longer be opened by run, but can be read', async () => {
    const { path, source } = await moved();
    source.close();
    expect(() => openWriter(path)).toThrow(
      /was moved to postgres:\/\/db.example\/shop on .*: set that as `store:`/u,
    );
    openReader(path).close();
  });

  it('has the same tables and columns on both databases', async () => {
    const source = openWriter(aPath());
    const columns = (table: string): string[] =>
      (source.db.prepare(`pragma table_info(${table})`).all() as { name: string }[])
        .map(({ name }) => name)
        .sort();
    for (const table of TABLES) {
      const { rows } = await served.pool.query<{ name: string }>(
        `select column_name as name from information_schema.columns
         where table_schema = 'autoresponder' and table_name = $1 and column_name <> 'workspace_id'`,
        [table],
      );
      expect(rows.map(({ name }) => name).sort(), table).toEqual(columns(table));
    }
    source.close();
  });
});
