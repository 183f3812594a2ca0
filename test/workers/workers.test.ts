import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createWorkspace } from '../../src/program/workspace.js';
import { WORKER_TIMES } from '../../src/domain/worker-times.js';
import { HOUR, type Instant, MINUTE, parseDuration, SECOND } from '../../src/domain/time.js';
import { createLogger } from '../../src/log/logger.js';
import type { PgStore } from '../../src/store/postgres/open.js';
import { acquireLease, leanStore, workspaceOf } from '../../src/store/postgres/store.js';
import { createHeartbeats } from '../../src/workers/heartbeats.js';
import { createJobs } from '../../src/workers/jobs.js';
import { startQueue } from '../../src/workers/queue.js';
import { aConfig, aDecision, anEvent, TUESDAY } from '../builders.js';
import { usePostgres } from '../postgres/use.js';
import { aDatabase, isRead, PATIENCE } from './database.js';

const postgres = usePostgres();

async function turnsOf({ pool }: PgStore): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ owner: string; n: number }>(
    'select owner, sum(epoch) as n from autoresponder.workspaces where owner is not null group by owner',
  );
  return new Map(rows.map(({ owner, n }) => [owner, n]));
}

describe.concurrent('workers that share a database', { timeout: 240_000 }, () => {
  it('reply once to every contact of every workspace, from its own account, with its own key', async (test) => {
    const names = ['bakery', 'florist', 'garage'];
    const { sandboxOf, aWorker, storeOf } = await aDatabase(test, postgres, names);
    await aWorker();
    await aWorker();
    for (const name of names) await isRead(await storeOf(name));
    for (const name of names) {
      const sandbox = sandboxOf(name);
      for (const person of [`${name}-1`, `${name}-2`, `${name}-3`])
        sandbox.receive({ account: 'shop-ig', contact: person, text: 'price?' });
    }
    await vi.waitFor(() => {
      for (const name of names) {
        const to = sandboxOf(name)
          .sends()
          .map((send) => send.recipientId)
          .sort();
        expect(to).toEqual([`${name}-1`, `${name}-2`, `${name}-3`]);
      }
    }, PATIENCE);
    for (const name of names) {
      const store = await storeOf(name);
      await vi.waitFor(async () => {
        const rows = await store.journal({ limit: 100, reason: 'replied' });
        expect(rows.map(({ event }) => event.contact.id).sort()).toEqual([
          `${name}-1`,
          `${name}-2`,
          `${name}-3`,
        ]);
      }, PATIENCE);
    }
  });

  it('reply to those who wrote last before they have read the last page of a long list', async (test) => {
    const { sandboxOf, aWorker, storeOf } = await aDatabase(test, postgres, ['flood'], {
      latency: 50,
      pageSizeMost: 4,
    });
    await aWorker();
    await isRead(await storeOf('flood'));
    const sandbox = sandboxOf('flood');
    const pages = 40;
    let reads = 0;
    let readsAtReply: number | null = null;
    sandbox.fault(({ method, path }) => {
      if (method === 'GET' && path === '/v2/messages') reads += 1;
      if (method === 'POST') readsAtReply ??= reads;
      return 'none';
    });
    const at = Date.now();
    // A contact of each page asks for the price.
    for (let n = 0; n < 4 * pages; n += 1) {
      const text = n % 4 === 3 ? 'price?' : 'thanks';
      sandbox.receive({ account: 'shop-ig', contact: `p${n}`, text, at: at - 4 * pages + n });
    }
    await vi.waitFor(() => expect(readsAtReply).not.toBeNull(), PATIENCE);
    expect(readsAtReply).toBeLessThan(pages);
    await vi.waitFor(() => expect(sandbox.sends()).toHaveLength(pages), PATIENCE);
    expect(new Set(sandbox.sends().map((send) => send.recipientId)).size).toBe(pages);
  });

  it('do not serve a workspace that belongs to another customer, and serve the others', async (test) => {
    const { workspaces, sandboxOf, aWorker, storeOf } = await aDatabase(test, postgres, [
      'bakery',
      'florist',
    ]);
    await aWorker();
    const others = (['bakery', 'garage'] as const).map((workspace) => {
      const accounts = workspaces[0]!.config.accounts.map((each) => ({ ...each, id: `other ${each.id}` }));
      const blotato = { ...workspaces[0]!.config.blotato, apiKey: `of another ${workspace}` };
      return { ...workspaces[0]!, config: { ...workspaces[0]!.config, workspace, accounts, blotato } };
    });
    const refused: string[] = [];
    await aWorker({ workspaces: others, onRefused: (name) => refused.push(name) });
    expect(refused).toEqual(['bakery']);
    await expect(aWorker({ workspaces: others.slice(0, 1) })).rejects.toMatchObject({
      code: 'other_customer',
    });

    await isRead(await storeOf('bakery'));
    expect(sandboxOf('bakery').calls()['GET /v2/messages']?.[401]).toBeUndefined();
  });

  it('log a workspace that none of them has in its configuration, and leave its job to a worker that has', async (test) => {
    const { workspaces, served, aWorker, storeOf } = await aDatabase(test, postgres, ['bakery', 'florist']);
    await workspaceOf(served, 'florist');
    const florist = await storeOf('florist');
    await florist.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
    await florist.recordDecision(anEvent(), aDecision(), TUESDAY);
    const logged = new PassThrough();
    const logger = createLogger({ level: 'warn', pretty: false, secrets: [] }, logged);
    await aWorker({ workspaces: workspaces.slice(0, 1), logger });
    await vi.waitFor(() => {
      const lines = String(logged.read() ?? '');
      expect(lines).toMatch(/"workspaces":\[\{"name":"florist","waiting":1\}\].*no running worker has/u);
    }, PATIENCE);
    await aWorker({ workspaces: workspaces.slice(1) });
    await isRead(florist);
    await isRead(await storeOf('bakery'));
  });

  it('share a load that is too much for one', async (test) => {
    const names = ['bakery', 'florist', 'garage'];
    const { aWorker, served } = await aDatabase(test, postgres, names, { latency: 1_000 });
    await aWorker({ concurrency: 1 });
    await aWorker({ concurrency: 1 });
    // One worker cannot serve both workspaces: a poll cycle takes two seconds, and each workspace is due
    // every five.
    await vi.waitFor(async () => expect((await turnsOf(served)).size).toBe(2), PATIENCE);
  });

  it('query the database twice in a poll cycle that finds nothing', async (test) => {
    // In release 2.0.0 the last page has no cursor. Today's last page has one, so that a short list costs a
    // second request.
    const { served, workspaces, sandboxOf } = await aDatabase(test, postgres, ['bakery'], {
      release: '2.0.0',
    });
    sandboxOf('bakery').receive({ account: 'shop-ig', contact: 'ana', text: 'before the start' });
    const lease = await acquireLease(served, await workspaceOf(served, 'bakery'), 'test');
    const store = leanStore(served, () => lease, Date.now);
    const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
    const workspace = createWorkspace({
      workspace: workspaces[0]!,
      store: () => store,
      nextPoll: () => Date.now(),
      clock: Date.now,
      logger,
    });
    const oneTurn = async (): Promise<number> => {
      let asked = 0;
      const count = (): void => void (asked += 1);
      served.pool.on('acquire', count);
      await workspace.cycle();
      served.pool.off('acquire', count);
      await workspace.rest(0);
      return asked;
    };
    // Skip the first poll cycle, and the second, which stores what the first has read.
    await oneTurn();
    await oneTurn();
    // One query for the poll state before the reads, and one to commit their result.
    expect(await oneTurn()).toBe(2);
  });

  it('create one job per workspace, although many start at the same time', async (test) => {
    const names = ['bakery', 'florist', 'garage'];
    const { aWorker, storeOf, served } = await aDatabase(test, postgres, names);
    await Promise.all(Array.from({ length: 4 }, () => aWorker()));
    for (const name of names) await isRead(await storeOf(name));
    const { rows } = await served.admin.query<{ workspace: string }>(
      'select name as workspace from autoresponder.jobs join autoresponder.workspaces on id = workspace_id order by 1',
    );
    expect(rows.map(({ workspace }) => workspace)).toEqual(names);
  });

  it('take no more jobs than the connections to a slow database can serve', async (test) => {
    const { served } = await aDatabase(test, postgres, []);
    const workspaces: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) workspaces.push(await workspaceOf(served, name));
    const [jobs, asked] = [createJobs(served, 'test'), [] as number[]];
    await jobs.add(workspaces);
    await createHeartbeats({ served, id: 'test', workspaces: () => workspaces, times: WORKER_TIMES }).beat();
    let spare = 1;
    const work = async (): Promise<Instant> => {
      // The only connection of the worker is in use from now on.
      spare = 0;
      await new Promise((resolve) => setTimeout(resolve, 60));
      spare = 1;
      return Date.now() + HOUR;
    };
    const queue = startQueue({
      jobs: { ...jobs, take: (most, ...more) => (asked.push(most), jobs.take(most, ...more)) },
      ...{ concurrency: 4, spare: () => spare, work, onError: (error) => expect.fail(String(error)) },
    });
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(4), PATIENCE);
    await queue.stop();
    expect(new Set(asked)).toEqual(new Set([1]));
  });

  it('run one poll cycle of a workspace at a time in a process, although its job was released by a missed heartbeat', async (test) => {
    const { sandboxOf, aWorker, storeOf, served } = await aDatabase(test, postgres, ['bakery']);
    await aWorker({ requestTimeout: 3_000 });
    await isRead(await storeOf('bakery'));
    const asked: number[] = [];
    sandboxOf('bakery').fault(({ path }) => {
      if (path !== '/v2/messages') return 'none';
      asked.push(Date.now());
      return asked.length === 1 ? 'hang' : 'none';
    });
    await vi.waitFor(() => expect(asked).toHaveLength(1), PATIENCE);
    await served.admin.query('update autoresponder.jobs set worker = null');
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), PATIENCE);
    // The hanging job must end; otherwise it would continue with the lease of the second cycle.
    expect(asked[1]! - asked[0]!).toBeGreaterThan(2_900);
  });

  it('read the lists of workspaces whose API responds, although more APIs hang than jobs can run at once', async (test) => {
    const hanging = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { sandboxOf, aWorker } = await aDatabase(test, postgres, [...hanging, 'bakery']);
    const hung = new Set<string>();
    for (const name of hanging)
      sandboxOf(name).fault(() => {
        hung.add(name);
        return 'hang';
      });
    let reads = 0;
    sandboxOf('bakery').fault(({ path }) => {
      if (path === '/v2/messages' && hung.size === hanging.length) reads += 1;
      return 'none';
    });
    // The request timeout is longer than this test, so that no call times out.
    await aWorker({ requestTimeout: HOUR });
    await vi.waitFor(() => expect(reads).toBeGreaterThan(4), PATIENCE);
  });

  it('reply to the latest of many writers first, and poll again before all have a reply', async (test) => {
    const { sandboxOf, aWorker, storeOf } = await aDatabase(test, postgres, ['bakery']);
    await aWorker();
    await isRead(await storeOf('bakery'));
    const sandbox = sandboxOf('bakery');
    const calls: string[] = [];
    const people = Array.from({ length: 90 }, (_, n) => `person-${n}`);
    const now = Date.now();
    for (const [n, contact] of people.entries())
      sandbox.receive({ account: 'shop-ig', contact, text: 'price?', at: now - people.length + n });
    sandbox.fault(({ method, path }) => {
      calls.push(`${method} ${path}`);
      return 'none';
    });
    const to = () => sandbox.sends().map(({ recipientId }) => recipientId);
    await vi.waitFor(() => expect(new Set(to()).size).toBe(people.length), PATIENCE);
    expect(to()).toHaveLength(people.length);
    // Four sends run in parallel, so some may overtake others.
    expect(people.slice(-60)).toEqual(expect.arrayContaining(to().slice(0, 50)));
    const sent = calls.flatMap((call, n) => (call === 'POST /v2/messages' ? [n] : []));
    const between = calls.slice(sent[0], sent.at(-1));
    const polls = between.filter((call) => call === 'GET /v2/messages').length;
    expect(polls).toBeGreaterThan(0);
    // A cycle waits for its sends: it does not end with those that are in progress when it has begun.
    expect(polls).toBeLessThan(people.length / 3);
  });

  it.for(['1s', '12h'])(
    'reply once, although a worker whose clock is a minute ahead dies while it sends, without detecting a human for %s',
    async (pause, test) => {
      const { served, sandboxOf, aWorker, storeOf, workspaces } = await aDatabase(test, postgres, ['bakery']);
      Object.assign(workspaces[0]!.config, {
        guards: { ...aConfig().guards, humanPause: parseDuration(pause) },
        delivery: { ambiguous: 'resend_once', visibleWithin: SECOND },
      });
      const sandbox = sandboxOf('bakery');
      const answers = () => sandbox.sends().map(({ text }) => text);
      const patience = { requestTimeout: 2 * SECOND };
      const logged = new PassThrough();
      const logger = createLogger({ level: 'warn', pretty: false, secrets: [] }, logged);
      const wrong = await aWorker({ ...patience, logger, clock: () => Date.now() + MINUTE });
      const store = await storeOf('bakery');
      const isReplied = async (text: string): Promise<void> => {
        const rows = await store.journal({ limit: 9, reason: 'replied' });
        expect(rows.map(({ event }) => event.text)).toContain(text);
      };
      await isRead(store);
      sandbox.fault(({ method }) => (method === 'POST' ? 'slow_body' : 'none'));
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
      await vi.waitFor(() => expect(answers()).toHaveLength(1), PATIENCE);
      // The worker loses its lease here: none of its later writes count, as if it were dead.
      await acquireLease(served, await workspaceOf(served, 'bakery'), 'test');
      await wrong.stop();
      // A lost lease is one line of the log, not one for each thing that fails because of it.
      expect(String(logged.read()).match(/"level":\d+.*another worker has acquired.*/gu)).toEqual([
        expect.stringMatching(
          /"level":40,.*"workspace":"bakery","msg":"another worker .*; this cycle ended"/u,
        ),
      ]);
      sandbox.fault(null);
      await aWorker(patience);
      await vi.waitFor(() => isReplied('price?'), PATIENCE);
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'open?' });
      await vi.waitFor(() => isReplied('open?'), PATIENCE);
      expect(answers()).toEqual(['From 20 EUR.', 'From 9 to 5.']);
    },
  );
});
