import pg, { type PoolClient } from 'pg';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { adoptWorkspace, checkWorkspace, claimWorkspaces } from '../../src/store/postgres/customers.js';
import { TABLES } from '../../src/store/postgres/migrations/001-initial.js';
import { MIGRATIONS } from '../../src/store/postgres/migrations/migrations.js';
import { openPostgres, type PgStore } from '../../src/store/postgres/open.js';
import {
  leanStore,
  postgresReports,
  postgresStore,
  acquireLease,
  workspaceOf,
} from '../../src/store/postgres/store.js';
import { translate } from '../../src/store/postgres/translate.js';
import { type SqlRunner, Statement } from '../../src/store/sql/sql-runner.js';
import { reportsOver } from '../../src/store/sql/reports.js';
import { storeOver } from '../../src/store/sql/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { asPlainOwner } from '../postgres/plain-owner.js';
import { usePostgres } from '../postgres/use.js';
import { callsOf, funnelsOf } from './known.js';
import { storeContract } from './contract.js';
import { reportsContract } from './reports-contract.js';

let served: PgStore;
const postgres = usePostgres((opened) => (served = opened));

let workspaces = 0;

/** A new workspace for each test, in a shared database. */
async function aWorkspace(): Promise<number> {
  workspaces += 1;
  return workspaceOf(served, `workspace ${workspaces}`);
}

storeContract('postgres', async (clock) => {
  const workspace = await aWorkspace();
  const open = async () => {
    const tenure = await acquireLease(served, workspace, 'test');
    return leanStore(served, () => tenure, clock);
  };
  return { store: await open(), reopen: open, dispose: async () => undefined };
});

/** Methods that run for several workspaces at once, besides the beginning and the end of a poll. */
const SHARED = [
  'automations',
  'conversations',
  'countCall',
  'hasOpenWork',
  'isOwnSend',
  'journalled',
  'listedAccounts',
  'ownIds',
  'saveAutomations',
  'saveConversations',
] as const satisfies (keyof Store)[];

function call(store: Store, name: (typeof SHARED)[number], args: readonly unknown[]): Promise<unknown> {
  return (store[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args);
}

storeContract('postgres, together with another workspace', async (clock) => {
  const [workspace, other] = [await aWorkspace(), await aWorkspace()];
  const open = async () => {
    const lease = await acquireLease(served, workspace, 'test');
    const beside = leanStore(served, () => ({ workspace: other, fencingToken: 0 }), clock);
    const store = leanStore(served, () => lease, clock);
    // Both are requested in the same tick.
    const together: Partial<Store> = {
      beginPoll: async (...args) =>
        (await Promise.all([store.beginPoll(...args), beside.beginPoll(args[0], args[1], () => [])]))[0],
      endPoll: async (...args) => (await Promise.all([store.endPoll(...args), beside.endPoll(...args)]))[0],
      ...Object.fromEntries(
        SHARED.map((name) => [
          name,
          async (...args: never[]) =>
            (await Promise.all([call(store, name, args), call(beside, name, args)]))[0],
        ]),
      ),
    };
    return new Proxy(store, {
      get: (_, name) => Reflect.get(name in together ? together : store, name) as unknown,
    });
  };
  return { store: await open(), reopen: open, dispose: async () => undefined };
});

reportsContract('postgres', async (clock) => {
  const workspace = await aWorkspace();
  const store = postgresStore(served, await acquireLease(served, workspace, 'test'), clock);
  return { store, reports: postgresReports(served, workspace), dispose: async () => undefined };
});

function allStatements(): ReadonlySet<string> {
  const statements = new Set<string>();
  const spy: SqlRunner = {
    prepare(sql) {
      statements.add(sql);
      return new Statement(sql);
    },
    transaction: () => async () => Promise.reject(new Error('not run')),
    reads: () => async () => Promise.reject(new Error('not run')),
    scrub: async () => undefined,
  };
  storeOver(spy, () => 0, 0);
  reportsOver(spy);
  return statements;
}

/** The text after the brackets of each `from (…)` and `join (…)`. */
function afterSubqueries(sql: string): string[] {
  const found: string[] = [];
  for (const { index } of sql.matchAll(/\b(?:from|join) \(/gu)) {
    let end = sql.indexOf('(', index);
    for (let depth = 1; depth > 0;) {
      end += 1;
      if (sql[end] === '(') depth += 1;
      if (sql[end] === ')') depth -= 1;
    }
    found.push(sql.slice(end + 1).trim());
  }
  return found;
}

describe('the SQL statements of the store', () => {
  it('name each subquery that they read from, which PostgreSQL 15 demands', () => {
    const withoutName = /^(?:$|[),]|(?:where|order|group|limit|union|on|join|left)\b)/u;
    const refused = [...allStatements()]
      .map((sql) => translate(sql).text)
      .filter((sql) => afterSubqueries(sql).some((rest) => withoutName.test(rest)));
    expect(refused).toEqual([]);
  });

  it('are all accepted by PostgreSQL', async () => {
    const statements = allStatements();
    expect(statements.size).toBeGreaterThan(100);
    const client = await served.pool.connect();
    try {
      await client.query(`begin; ${served.as}`);
      const refused: string[] = [];
      for (const [n, sql] of [...statements].entries()) {
        await client.query('savepoint one');
        const { text } = translate(sql);
        await client.query(`prepare check_${n} as ${text}`).catch((error: unknown) => {
          refused.push(`${(error as Error).message}: ${text}`);
        });
        await client.query('rollback to savepoint one');
      }
      expect(refused).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('a connection to PostgreSQL', () => {
  it('limits statements without startup parameters, which a pooler refuses', async () => {
    const bounds = `select name, setting, source from pg_settings
      where name in ('statement_timeout', 'idle_in_transaction_session_timeout') order by name`;
    for (const pool of [served.admin, served.pool]) {
      expect((await pool.query(bounds)).rows).toEqual([
        { name: 'idle_in_transaction_session_timeout', setting: '3000', source: 'session' },
        { name: 'statement_timeout', setting: '60000', source: 'session' },
      ]);
    }
  });
});

describe('workspaces in one database', () => {
  /** A row in every table. */
  async function fill(store: Store): Promise<void> {
    const comment = aComment();
    await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], {
      platforms: ['instagram'],
      resumeToken: 't',
      newestAt: 1,
    });
    await store.recordPage('comments', [{ event: comment, beforeStart: false }], null);
    await store.endPoll(
      [{ resource: 'comments', watermarks: new Map([['instagram', 5]]), at: TUESDAY }],
      TUESDAY,
    );
    await store.saveConversations([{ id: 'c1', accountId: '1', participants: [] }]);
    await store.saveOwnId('shop-ig', 'p1');
    await store.watchNextPosts([{ rule: 'r', account: 'shop-ig' }], TUESDAY);
    const until = TUESDAY + HOUR;
    await store.recordDecision(
      comment,
      aDecision({
        actions: [anAction({ type: 'private_reply' })],
        effects: [
          { type: 'tag', rule: 'r', tags: ['vip'] },
          { type: 'handoff', rule: 'r', note: null, until },
          { type: 'webhook', rule: 'r', url: 'https://example.com', secret: null, body: '{}' },
        ],
        runs: [
          {
            kind: 'start',
            rule: 'r',
            funnel: { steps: [], otherwise: [] },
            step: 0,
            within: HOUR,
            match: { keyword: null, groups: {} },
          },
        ],
      }),
      TUESDAY,
    );
    await store.recordDecision(anEvent(), aDecision({ optOut: 'stop', actions: [] }), TUESDAY);
    await store.claimSend('POST /v2/messages', TUESDAY + MINUTE, { perMinute: 9, perHourPerAccount: 9 });
    await store.block({ account: 'shop-ig', cause: '401', detail: 'refused', probeAt: TUESDAY }, TUESDAY);
    const notice = { kind: 'failed', key: 'send 1', at: TUESDAY, text: 'failed', fix: 'retry' } as const;
    await store.noteTrouble([notice], TUESDAY, 0);
    const [noted] = await store.untold('email', 10);
    await store.markTold([noted!.id], 'email', TUESDAY);
  }

  /** Runs a statement as a transaction of the workspace would, and rolls it back. */
  async function as<T>(by: PgStore, workspace: number, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await by.pool.connect();
    try {
      await client.query(
        `begin; ${by.as}; select set_config('autoresponder.workspace', '${workspace}', true)`,
      );
      return await work(client);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  async function filled() {
    const [first, second] = [await aWorkspace(), await aWorkspace()];
    const clock = () => TUESDAY;
    const own = postgresStore(served, await acquireLease(served, first, 'test'), clock);
    const other = postgresStore(served, await acquireLease(served, second, 'test'), clock);
    await fill(own);
    return { first, second, own, other };
  }

  it('are isolated: no statement reads or changes a row of another', async () => {
    const { first, second } = await filled();
    for (const table of TABLES) {
      const count = `select count(*) as n from ${table}`;
      expect(await as(served, first, (client) => client.query(count)), table).not.toMatchObject({
        rows: [{ n: 0 }],
      });
      expect(await as(served, second, (client) => client.query(count)), table).toMatchObject({
        rows: [{ n: 0 }],
      });
      const change = `update ${table} set workspace_id = workspace() where workspace_id = ${first}`;
      expect(await as(served, second, (client) => client.query(change)), table).toMatchObject({
        rowCount: 0,
      });
      const gone = `delete from ${table} where workspace_id = ${first}`;
      expect(await as(served, second, (client) => client.query(gone)), table).toMatchObject({ rowCount: 0 });
    }
    const forged = `insert into opt_outs values ('a', 'b', 1, ${first})`;
    await expect(as(served, second, (client) => client.query(forged))).rejects.toThrow(/row-level security/u);
  });

  it('are isolated for a table owner without superuser rights too', async () => {
    const plain = await openPostgres(await asPlainOwner(await postgres.database()));
    const [first, second] = [await workspaceOf(plain, 'first'), await workspaceOf(plain, 'second')];
    const own = postgresStore(plain, await acquireLease(plain, first, 'test'), Date.now);
    await own.setPause({ scope: 'all', until: Infinity });
    const count = 'select count(*) as n from pauses';
    expect(await as(plain, first, (client) => client.query(count))).toMatchObject({ rows: [{ n: 1 }] });
    expect(await as(plain, second, (client) => client.query(count))).toMatchObject({ rows: [{ n: 0 }] });
    await plain.close();
  });

  it('cannot be accessed by ids of another workspace: neither sends nor contacts', async () => {
    const { own, other } = await filled();
    const [send] = await own.sends({ limit: 1 });
    expect(await other.retrySend(send!.id, TUESDAY)).toBeNull();
    expect(await other.discardSend(send!.id, TUESDAY)).toBeNull();
    expect(await other.forgetContact('ana', TUESDAY)).toBeNull();
    expect(await other.contacts({ limit: 10 })).toEqual([]);
    expect(await callsOf(other, 'POST /v2/messages')).toBe(0);
    expect((await other.factsFor(anEvent(), TUESDAY, { answers: HOUR, mode: 'live' })).optedOutAt).toBeNull();
    await other.endAttempt(send!, { state: 'sent', detail: 'not ours' }, TUESDAY);
    expect(await own.sends({ limit: 1 })).toMatchObject([{ id: send!.id, state: 'sending' }]);
  });

  it('cannot be referred to by a row of another, though references are checked without row security', async () => {
    const { first, second } = await filled();
    for (const [table, column, other] of [
      ['attempts', 'send_id', 'sends'],
      ['runs', 'funnel', 'funnels'],
      ['told', 'notice', 'notices'],
    ] as const) {
      const id = await as(served, first, (client) => client.query(`select max(id) as id from ${other}`));
      const copy = await as(served, first, (client) => client.query(`select * from ${table} limit 1`));
      const { id: _, workspace_id: __, ...row } = copy.rows[0] as Record<string, unknown>;
      const forged = { ...row, [column]: (id.rows[0] as { id: number }).id };
      const names = Object.keys(forged);
      const insert = `insert into ${table} (${names.join(', ')}) values (${names.map((__, n) => `$${n + 1}`).join(', ')})`;
      const inserted = as(served, second, (client) => client.query(insert, Object.values(forged)));
      await expect(inserted, table).rejects.toThrow(/violates foreign key/u);
    }
  });

  it('may hold the same ids', async () => {
    const { other } = await filled();
    await fill(other);
    expect(await other.journal({ limit: 10 })).toHaveLength(2);
  });
});

describe('the customer of a workspace', () => {
  const TIMEOUT = 15_000;
  const bakery = { apiKey: 'key of bakery', accounts: ['1', '2'] };
  const florist = { apiKey: 'key of florist', accounts: ['8', '9'] };
  const aName = (): string => `customer ${(workspaces += 1)}`;
  const claim = (name: string, customer: typeof bakery, worker: string | null = null) =>
    claimWorkspaces(served, { customers: new Map([[name, customer]]), worker, timeout: TIMEOUT });
  /** Claims the workspace. Returns the error message; null if the claim succeeds. */
  const refusalOf = async (...args: Parameters<typeof claim>): Promise<string | null> =>
    (await claim(...args)).refused.get(args[0])?.message ?? null;

  it('is refused under the workspace of another customer, while its other workspaces are accepted', async () => {
    const [name, own] = [aName(), aName()];
    await claim(name, bakery);
    const customers = new Map([name, own].map((each) => [each, florist]));
    const { ids, refused } = await claimWorkspaces(served, { customers, worker: null, timeout: TIMEOUT });
    expect([...ids.keys()]).toEqual([own]);
    expect(refused.get(name)).toMatchObject({ code: 'other_customer' });
    expect(refused.get(name)?.message).toMatch(
      /accounts are 1, 2, .* 8, 9\. .*`autoresponder adopt --workspace/u,
    );
    expect(await refusalOf(name, bakery)).toBeNull();
    await expect(checkWorkspace(served, name, florist)).rejects.toMatchObject({ code: 'other_customer' });
    await checkWorkspace(served, name, { ...florist, accounts: ['1'] });
  });

  it('is recognised after an account was added, all accounts were replaced, or the key was replaced', async () => {
    const name = aName();
    for (const [apiKey, accounts] of [
      ['key of bakery', ['1', '2']],
      ['key of bakery', ['1', '2', '3']],
      ['key of bakery', ['4']],
      ['new key', ['4']],
      ['newer key', ['4', '5']],
    ] as const) {
      expect(await refusalOf(name, { apiKey, accounts: [...accounts] })).toBeNull();
    }
    expect(await refusalOf(name, bakery)).toContain('belongs to another customer');
  });

  it('cannot change its key while a worker uses the former one, except by adoption', async () => {
    const name = aName();
    const replaced = { ...bakery, apiKey: 'new key' };
    await claim(name, bakery, `worker of ${name}`);
    expect(await refusalOf(name, replaced)).toContain('a running worker serves');
    expect(await refusalOf(name, { ...bakery, accounts: ['1'] })).toBeNull();
    expect(await adoptWorkspace(served, name, replaced, TIMEOUT)).toBe(true);
    expect(await refusalOf(name, replaced)).toBeNull();

    await served.admin.query('delete from autoresponder.workers where id = $1', [`worker of ${name}`]);
    expect(await adoptWorkspace(served, name, florist, TIMEOUT)).toBe(false);
    expect(await refusalOf(name, florist)).toBeNull();
    expect(await refusalOf(name, bakery)).not.toBeNull();
  });

  it('is stored without its API key', async () => {
    await claim(aName(), bakery);
    const { rows } = await served.admin.query('select * from autoresponder.workspaces');
    expect(JSON.stringify(rows)).not.toContain(bakery.apiKey);
  });
});

describe('a worker whose lease was acquired by another worker', () => {
  it('can neither decide nor claim a send, and its earlier claims stay as the new holder set them', async () => {
    const workspace = await aWorkspace();
    const clock = () => TUESDAY;
    const budget = { perMinute: 9, perHourPerAccount: 9 };
    const late = postgresStore(served, await acquireLease(served, workspace, 'late'), clock);
    const [first, second] = [anEvent({ sourceId: 'm1' }), anEvent({ sourceId: 'm2', at: TUESDAY + 1 })];
    for (const event of [first, second])
      await late.recordPage('messages', [{ event, beforeStart: false }], null);
    await late.recordDecision(first, aDecision(), TUESDAY);
    const { send } = await late.claimSend('POST /v2/messages', TUESDAY, budget);

    const next = postgresStore(served, await acquireLease(served, workspace, 'next'), clock);
    expect(await next.recoverSends(TUESDAY)).toBe(1);
    await expect(late.recordDecision(second, aDecision(), TUESDAY)).rejects.toMatchObject({ code: 'fenced' });
    await expect(late.claimSend('POST /v2/messages', TUESDAY, budget)).rejects.toMatchObject({
      code: 'fenced',
    });
    const sent = { state: 'sent', detail: 'late' } as const;
    await expect(late.endAttempt(send!, sent, TUESDAY)).rejects.toMatchObject({ code: 'fenced' });
    expect(await next.sends({ limit: 9 })).toMatchObject([{ id: send!.id, state: 'ambiguous' }]);
    expect(await next.undecided(9)).toEqual([second]);
  });

  it('does not block the next one when it hangs in a transaction', { timeout: 60_000 }, async () => {
    const workspace = await aWorkspace();
    const { pool } = served;
    const stuck = await pool.connect();
    stuck.on('error', () => undefined);
    await stuck.query(`begin; select 1 from autoresponder.workspaces where id = ${workspace} for update`);
    await acquireLease(served, workspace, 'next');
    stuck.release(true);
  });
});

/** The migrations of the released 0.1.0. */
const RELEASED = 5;

describe('a database of the released 0.1.0', () => {
  it('is upgraded by the first worker that starts, with its journal, sends and opt-outs', async () => {
    const url = await postgres.empty();
    const old = new pg.Client(url);
    await old.connect();
    await old.query('begin; create schema autoresponder; set local search_path = autoresponder');
    await old.query('create table version (number integer not null)');
    for (const migration of MIGRATIONS.slice(0, RELEASED)) await old.query(migration);
    await old.query(`insert into version values (${RELEASED}); insert into workspaces (name) values ('bakery');
insert into events (workspace_id, id, kind, platform, account, source_id, contact_id, text, at, read_at, direction,
  before_start, reason, rule, decided_at)
values (1, 'message:m1', 'message', 'instagram', 'shop-ig', 'm1', 'ana', 'price?', ${TUESDAY}, ${TUESDAY}, 'incoming', 0,
  'replied', 'pricing', ${TUESDAY});
insert into sends values (1, 'message:m1', 'pricing', 'reply', 'POST /v2/messages', 'instagram', 'shop-ig', 'ana', 'ana',
  null, null, null, null, 'From 20 EUR.', 0, 'sent', null, null, ${TUESDAY}, ${TUESDAY}, ${TUESDAY}, 'r1', null, 1, ${TUESDAY},
  0, null, 0, ${TUESDAY}, 1, null, null, 1);
insert into opt_outs (workspace_id, account, contact_id, at) values (1, 'shop-ig', 'bo', ${TUESDAY});
commit`);
    // Two workers of the new release may start at once.
    const workers = await Promise.all([
      openPostgres(url, { connections: 2 }),
      openPostgres(url, { connections: 2 }),
    ]);
    const [{ number }] = (await old.query('select number from autoresponder.version')).rows as [
      { number: number },
    ];
    expect(number).toBe(MIGRATIONS.length);
    await old.end();
    const [first] = workers;
    const workspace = await workspaceOf(first, 'bakery');
    const store = postgresStore(first, await acquireLease(first, workspace, 'test'), () => TUESDAY + HOUR);
    expect(await store.journal({ limit: 9 })).toMatchObject([
      { event: { id: 'message:m1' }, reason: 'replied' },
    ]);
    expect(await store.sends({ limit: 9 })).toMatchObject([{ state: 'sent', text: 'From 20 EUR.' }]);
    const bo = anEvent({ sourceId: 'm2', contact: { id: 'bo', name: null, username: null } });
    expect((await store.factsFor(bo, TUESDAY, { answers: HOUR, mode: 'live' })).optedOutAt).toBe(TUESDAY);
    await store.close();
    await Promise.all(workers.map((each) => each.close()));
  });
});

/** The migrations before those that count funnel runs. */
const UNCOUNTED = 30;

describe('a database without counts of funnel runs', () => {
  it.each([
    ['a superuser', async (url: string) => url],
    ['a plain owner', asPlainOwner],
  ])('counts those of each workspace when it is upgraded by %s', async (_, addressOf) => {
    const url = await addressOf(await postgres.database());
    const old = new pg.Client(url);
    await old.connect();
    await old.query('drop schema if exists autoresponder cascade; create schema autoresponder');
    await old.query('set search_path = autoresponder; create table version (number integer not null)');
    for (const migration of MIGRATIONS.slice(0, UNCOUNTED)) await old.query(migration);
    await old.query(`insert into version values (${UNCOUNTED})`);
    await old.query("insert into workspaces (name) values ('bakery'), ('empty'), ('florist')");
    for (const workspace of [1, 3]) {
      await old.query(`
set autoresponder.workspace = ${workspace};
insert into funnels (steps) values ('{"steps":[],"otherwise":[]}');
insert into runs (rule, funnel, account, contact_id, event_id, last_event, step, wrong, within, state, outcome, detail,
    match, started_at, sent_at)
  select 'pricing', f.id, 'shop-ig', d.id, d.id, d.id, 0, 0, 1, d.state, d.outcome, d.detail, '{}', ${TUESDAY}, d.sent_at
  from funnels f, (values ('ana', 'waiting', null, null, ${TUESDAY}), ('bo', 'ended', 'refused', 'blocked', null))
    as d (id, state, outcome, detail, sent_at) where f.workspace_id = ${workspace};
insert into run_steps (run, step, at) select id, 0, started_at from runs where workspace_id = ${workspace};`);
    }
    await old.end();
    const upgraded = await openPostgres(url, { connections: 2 });
    for (const [name, n] of [
      ['bakery', 2],
      ['empty', 0],
      ['florist', 2],
    ] as const) {
      const reports = postgresReports(upgraded, await workspaceOf(upgraded, name));
      const { counted, fromRuns } = await funnelsOf(TUESDAY, reports);
      expect(counted).toEqual(fromRuns);
      const figure = { rule: 'pricing', reached: n, sent: 1, open: 1, refused: { blocked: 1 } };
      const shape = { rule: 'pricing', reached: n, steps: [{ step: 0, reached: 1 }] };
      expect(counted).toMatchObject(n === 0 ? [[], []] : [[figure], [shape]]);
    }
    await upgraded.close();
  });
});
