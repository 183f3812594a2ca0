import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { NO_TRACE } from '../../src/domain/decision.js';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { openPostgres, type PgStore } from '../../src/store/postgres/open.js';
import type { Lease } from '../../src/store/postgres/server.js';
import { acquireLease, holdsLease, leanStore, workspaceOf } from '../../src/store/postgres/store.js';
import type { Resource, WalkEnd } from '../../src/store/ports/polls.js';
import type { Store } from '../../src/store/ports/store.js';
import { anEvent, TUESDAY } from '../builders.js';
import { PATIENCE } from '../patience.js';
import { asPlainOwner } from '../postgres/plain-owner.js';
import { usePostgres } from '../postgres/use.js';

let served: PgStore;
const postgres = usePostgres((opened) => (served = opened));

let workspaces = 0;

interface Own {
  readonly lease: Lease;
  readonly store: Store;
}

/** A workspace with a lease, by default of its own worker. */
async function aWorkspace(by = served): Promise<Own> {
  const workspace = await workspaceOf(by, `together ${(workspaces += 1)}`);
  return withLease(await acquireLease(by, workspace, 'test'), by);
}

function withLease(lease: Lease, by = served): Own {
  return {
    lease,
    store: leanStore(
      by,
      () => lease,
      () => TUESDAY,
      { at: Infinity },
    ),
  };
}

async function several(count: number, by = served): Promise<Own[]> {
  const all: Own[] = [];
  for (let n = 0; n < count; n += 1) all.push(await aWorkspace(by));
  return all;
}

function readTo(mark: number, resource: Resource = 'messages'): WalkEnd[] {
  return [{ resource, watermarks: new Map([['instagram', mark]]), at: TUESDAY }];
}

/** The rows of a table, with the transaction that wrote each. */
async function rowsOf(table: string, { lease }: Own, by = served): Promise<Record<string, unknown>[]> {
  const client = await by.pool.connect();
  try {
    await client.query(
      `begin; ${by.as}; select set_config('autoresponder.workspace', '${lease.workspace}', true)`,
    );
    const { rows } = await client.query<Record<string, unknown>>(
      `select xmin as by, * from ${table} order by 2, 3`,
    );
    return rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** Number of different transactions that wrote the watermarks. */
async function transactionsOf(all: readonly Own[], by = served): Promise<number> {
  const rows = await Promise.all(all.map((own) => rowsOf('cursors', own, by)));
  expect(rows.every(({ length }) => length === 1)).toBe(true);
  return new Set(rows.map(([row]) => row?.['by'])).size;
}

const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled'
    ? 'done'
    : ((result.reason as { code?: string }).code ?? String(result.reason));

describe('polls of several workspaces at the same time', () => {
  it('share a transaction, also for a table owner without superuser rights', async () => {
    const plain = await openPostgres(await asPlainOwner(await postgres.database()));
    for (const by of [served, plain]) {
      const all = await several(5, by);
      await Promise.all(all.map(({ store }, n) => store.endPoll(readTo(n), TUESDAY)));
      expect(await transactionsOf(all, by)).toBe(1);
      const known = await Promise.all(
        all.map(({ store }) => store.beginPoll({ routes: [], since: 0 }, TUESDAY, () => [])),
      );
      expect(known.map(({ watermarks }) => watermarks.messages?.get('instagram'))).toEqual([0, 1, 2, 3, 4]);
    }
    await plain.close();
  });

  it('leave out the query for remaining work only if they found none and stored nothing', async () => {
    const all = await several(4);
    const begin = () =>
      Promise.all(all.map(({ store }) => store.beginPoll({ routes: [], since: 0 }, TUESDAY, () => [])));
    const end = () => Promise.all(all.map(({ store }) => store.endPoll(readTo(1), TUESDAY)));
    const nothing = { undecided: false, expired: false };
    await begin();
    await all[1]!.store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    const walk = { platforms: ['instagram'] as const, resumeToken: 't', newestAt: 1 };
    await all[2]!.store.recordPage('messages', [], walk);
    const undecided = [nothing, { ...nothing, undecided: true }, nothing, nothing];
    expect(await end()).toEqual(undecided);
    expect(await rowsOf('walks', all[2]!)).toEqual([]);
    // What another process stores during a poll is found by the next one.
    await begin();
    const owner = withLease({ ...all[3]!.lease, fencingToken: null }).store;
    await owner.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    expect(await end()).toEqual(undecided);
    expect((await begin()).map(({ hasUndecided }) => hasUndecided)).toEqual([false, true, false, true]);
    expect(await end()).toEqual([nothing, undecided[1], nothing, undecided[1]]);
  });

  it('are fenced one by one: those of a lost lease or a missing workspace write nothing', async () => {
    const [first, late, last] = await several(3);
    const gone = withLease({ workspace: 2_000_000_000, fencingToken: 1 });
    const next = withLease(await acquireLease(served, late!.lease.workspace, 'next'));
    await next.store.endPoll(readTo(7), TUESDAY);
    const all = [first!, late!, gone, last!];
    const ended = await Promise.allSettled(all.map(({ store }) => store.endPoll(readTo(9), TUESDAY)));
    expect(ended.map(codeOf)).toEqual(['done', 'fenced', 'fenced', 'done']);
    const budget = { routes: ['GET /v2/messages'], since: 0 };
    const begun = await Promise.allSettled(
      all.map(({ store }) => store.beginPoll(budget, TUESDAY, () => budget.routes)),
    );
    expect(begun.map(codeOf)).toEqual(['done', 'fenced', 'fenced', 'done']);
    expect(await transactionsOf([first!, last!])).toBe(1);
    expect(await rowsOf('cursors', late!)).toMatchObject([{ mark_at: 7 }]);
    const counted = await Promise.all([first!, late!, last!].map((own) => rowsOf('calls', own)));
    expect(counted.map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  it('are repeated alone after a batch fails, so one that fails does not hold up the others', async () => {
    const all = await several(4);
    const wrong = Number.NaN;
    const ended = await Promise.allSettled(
      all.map(({ store }, n) => store.endPoll(readTo(n === 1 ? wrong : n), TUESDAY)),
    );
    // 23502: a column that may not be null.
    expect(ended.map(codeOf)).toEqual(['done', '23502', 'done', 'done']);
    expect(await transactionsOf([all[0]!, all[2]!, all[3]!])).toBe(3);
    const budget = { routes: ['GET /v2/messages'], since: 0 };
    const begun = await Promise.allSettled(
      all.map(({ store }, n) =>
        store.beginPoll(budget, TUESDAY, () => {
          if (n === 2) throw new Error('no choice');
          return budget.routes;
        }),
      ),
    );
    expect(begun.map(codeOf)).toEqual(['done', 'done', 'Error: no choice', 'done']);
    const counted = await Promise.all(all.map((own) => rowsOf('calls', own)));
    expect(counted.map(({ length }) => length)).toEqual([1, 1, 0, 1]);
  });

  it('do not wait for a workspace that another transaction locks, nor do leases', async () => {
    const [polled, leased] = [await several(3), await several(3)];
    const held = [polled[1], leased[1]].map((own) => own!.lease.workspace).join();
    const other = await served.admin.connect();
    await other.query(`begin; set local idle_in_transaction_session_timeout = 0;
      select 1 from autoresponder.workspaces where id in (${held}) for no key update`);
    const ended: string[] = [];
    const ending = [
      ...polled.map(({ store }, n) => store.endPoll(readTo(n), TUESDAY).then(() => ended.push(`poll ${n}`))),
      ...leased.map(({ lease }, n) =>
        acquireLease(served, lease.workspace, 'next').then(() => ended.push(`lease ${n}`)),
      ),
    ];
    const free = ['lease 0', 'lease 2', 'poll 0', 'poll 2'];
    await vi.waitFor(() => expect([...ended].sort()).toEqual(free), PATIENCE);
    await other.query('commit');
    other.release();
    await Promise.all(ending);
    expect(ended.slice(4).sort()).toEqual(['lease 1', 'poll 1']);
  });

  it('fail as `away` when the connection is lost, and are not repeated', async () => {
    const by = await openPostgres(await postgres.database(), { connections: 2 });
    const all = await several(3, by);
    const other = await by.admin.connect();
    await other.query('begin; lock table autoresponder.cursors');
    const ending = Promise.allSettled(all.map(({ store }) => store.endPoll(readTo(1), TUESDAY)));
    await vi.waitFor(async () => {
      const { rows } = await by.admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(rows).toHaveLength(1);
    }, PATIENCE);
    expect((await ending).map(codeOf)).toEqual(['away', 'away', 'away']);
    await other.query('commit');
    other.release();
    expect(await Promise.all(all.map((own) => rowsOf('cursors', own, by)))).toEqual([[], [], []]);
    await Promise.all(all.map(({ store }) => store.endPoll(readTo(1), TUESDAY)));
    expect(await transactionsOf(all, by)).toBe(1);
    await by.close();
  });

  it('change and return the same as alone, for all sequences of polls', { timeout: 120_000 }, async () => {
    const routes = ['GET /v2/messages', 'GET /v2/comments'];
    const poll = fc.record({
      begins: fc.boolean(),
      routes: fc.subarray(routes),
      chosen: fc.subarray(routes),
      resource: fc.constantFrom<Resource>('messages', 'comments'),
      mark: fc.integer({ min: 0, max: 9 }),
      dueAt: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      isFound: fc.boolean(),
      isOpen: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(poll, poll, poll), { minLength: 1, maxLength: 4 }),
        async (rounds) => {
          const [together, alone] = [await several(3), await several(3)];
          for (const [round, polls] of rounds.entries()) {
            const step = async ({ store }: Own, n: number): Promise<unknown> => {
              const { begins, resource, mark, dueAt, isFound, isOpen, ...each } = polls[n]!;
              const now = TUESDAY + round * SECOND;
              if (begins)
                return store.beginPoll({ routes: each.routes, since: now - MINUTE }, now, () => each.chosen);
              const walk = { platforms: ['instagram'] as const, resumeToken: 't', newestAt: mark };
              const events = isFound
                ? [{ event: anEvent({ sourceId: `m${n} ${round}` }), beforeStart: false }]
                : [];
              await store.recordPage(resource, events, isOpen ? walk : null);
              return store.endPoll(readTo(mark, resource), now, dueAt);
            };
            const results = await Promise.all(together.map(step));
            const expected: unknown[] = [];
            for (const [n, own] of alone.entries()) expected.push(await step(own, n));
            expect(results).toEqual(expected);
          }
          for (const table of ['cursors', 'calls', 'walks', 'events'])
            for (const [n, own] of together.entries())
              expect(plain(await rowsOf(table, own)), table).toEqual(plain(await rowsOf(table, alone[n]!)));
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('writes of several workspaces at the same time', () => {
  it('share a transaction, whichever of their values are null', async () => {
    const all = await several(3);
    const missing = [null, TUESDAY, null];
    await Promise.all(
      all.map(({ store }, n) =>
        store.saveListedAccounts([
          {
            ...{ account: 'shop-ig', accountId: '1', username: null, likelyId: n === 1 ? '2' : null },
            missingSince: missing[n] ?? null,
          },
        ]),
      ),
    );
    const rows = (await Promise.all(all.map((own) => rowsOf('listed_accounts', own)))).flat();
    expect(rows.map((row) => row['missing_since'])).toEqual(missing);
    expect(new Set(rows.map((row) => row['by'])).size).toBe(1);
  });

  it('record pages and few decisions together, each in its own workspace and once', async () => {
    const all = await several(4);
    const event = anEvent();
    const decision = {
      rule: null,
      reason: 'no_match',
      detail: null,
      actions: [],
      optOut: null,
      trace: NO_TRACE,
    } as const;
    const added = await Promise.all(
      all.map(({ store }) => store.recordPage('messages', [{ event, beforeStart: false }], null)),
    );
    expect(added).toEqual([1, 1, 1, 1]);
    const decide = () =>
      Promise.all(all.map(({ store }) => store.recordDecisions([{ event, decision, now: TUESDAY }])));
    expect(await decide()).toEqual(all.map(() => new Set([event.id])));
    expect(await decide()).toEqual(all.map(() => new Set()));
    const rows = (await Promise.all(all.map((own) => rowsOf('events', own)))).flat();
    expect(rows.map((row) => row['reason'])).toEqual(all.map(() => 'no_match'));
    expect(new Set(rows.map((row) => row['by'])).size).toBe(1);
  });
});

describe('reads of several workspaces at the same time', () => {
  it('each find the rows of their own workspace, also no row', async () => {
    const all = await several(4);
    const seen = (n: number) => ({ readAt: TUESDAY + n, automations: [] });
    await Promise.all(
      all.slice(0, 3).map(async ({ store }, n) => {
        await store.saveAutomations(seen(n));
        await store.saveConversations([{ id: 'c1', accountId: `account ${n}`, participants: [] }]);
        await store.saveOwnId('shop-ig', `own ${n}`);
      }),
    );
    const found = await Promise.all(
      all.map(({ store }) =>
        Promise.all([store.automations(), store.conversations(['c1', 'c2']), store.ownIds('shop-ig')]),
      ),
    );
    const expected = [0, 1, 2].map((n) => [
      seen(n),
      new Map([['c1', { id: 'c1', accountId: `account ${n}`, participants: [] }]]),
      new Set([`own ${n}`]),
    ]);
    expect(found).toEqual([...expected, [null, new Map(), new Set()]]);
  });

  it('run once for all, whatever the number of workspaces', async () => {
    const all = await several(8);
    await Promise.all(all.map(({ store }) => store.hasOpenWork()));
    const statements = vi.spyOn(pg.Client.prototype, 'query');
    expect(await Promise.all(all.map(({ store }) => store.hasOpenWork()))).toEqual(all.map(() => false));
    expect(statements).toHaveBeenCalledTimes(1);
  });
});

/** Rows without what differs between equal workspaces. */
function plain(rows: readonly Record<string, unknown>[]): unknown[] {
  return rows.map(({ by: _, workspace_id: __, seq: ___, ...rest }) => rest);
}

describe('leases that are acquired at the same time', () => {
  it('have a token of their own each, also for the same workspace', async () => {
    const all = await several(3);
    const ids = all.map(({ lease }) => lease.workspace);
    const [first, second, third, again] = await Promise.all(
      [...ids, ids[0]!].map((id) => acquireLease(served, id, 'next')),
    );
    expect([second!.fencingToken, third!.fencingToken]).toEqual([2, 2]);
    expect([first!.fencingToken, again!.fencingToken].sort()).toEqual([2, 3]);
    const held = await Promise.all(
      [first!, second!, third!, again!, { workspace: 2_000_000_000, fencingToken: 1 }, all[1]!.lease].map(
        (lease) => holdsLease(served, lease),
      ),
    );
    expect(held).toEqual([first!.fencingToken === 3, true, true, again!.fencingToken === 3, false, false]);
  });
});
