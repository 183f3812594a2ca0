import { describe, expect, it, vi } from 'vitest';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { MINUTE } from '../../src/domain/time.js';
import { usePostgres } from '../postgres/use.js';
import { aReceiver } from '../scenes/receiver.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { aDatabase, isRead, PATIENCE } from './database.js';

const postgres = usePostgres();

const NOTIFY: NotifyConfig = {
  ...{ kinds: ['dead_link'], digest: 15 * MINUTE, silentAfter: 30 * MINUTE, quiet: null, links: 'daily' },
  ...{ link: null, webhook: null, email: null, command: ['true'] },
};

describe('two workers that check links', { timeout: 240_000 }, () => {
  it('request each link of each workspace once, and reply while a server of a link hangs', async (test) => {
    const names = ['bakery', 'florist'];
    const { workspaces, sandboxOf, aWorker, storeOf, served } = await aDatabase(test, postgres, names);
    const site = await aReceiver();
    site.answer = null;
    const linked = workspaces.map(({ config: before }) => {
      const config = { ...before, notify: NOTIFY, webhooks: { allowHosts: ['127.0.0.1'] } };
      const link = `${new URL(site.url).origin}/${config.workspace}`;
      const rules = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "See ${link}" }
`;
      return { config, set: aRuleSet(rules, config) };
    });
    const workers = [
      await aWorker({ workspaces: linked, concurrency: 1 }),
      await aWorker({ workspaces: linked, concurrency: 1 }),
    ];
    const asked = (): readonly string[] =>
      site.received.map(({ method, path }) => `${method} ${path}`).sort();
    await vi.waitFor(() => expect(asked()).toEqual(['HEAD /bakery', 'HEAD /florist']), PATIENCE);

    // Both requests are open. The poll cycles of both workspaces continue, and each contact gets a reply.
    for (const name of names) {
      await isRead(await storeOf(name));
      sandboxOf(name).receive({ account: 'shop-ig', contact: `${name}-1`, text: 'price?' });
    }
    await vi.waitFor(() => {
      for (const name of names) expect(sandboxOf(name).sends()).toHaveLength(1);
    }, PATIENCE);
    expect(asked()).toHaveLength(2);
    const checks = await served.admin.query<{ n: number }>(
      'select count(*)::int as n from autoresponder.link_checks',
    );
    expect(checks.rows).toEqual([{ n: 2 }]);

    // A worker that stops does not wait for the server.
    await Promise.all(workers.map((worker) => worker.stop()));
    for (const name of names) expect(await (await storeOf(name)).deadLinks()).toEqual([]);
    await aWorker({ workspaces: linked });
    sandboxOf('bakery').receive({ account: 'shop-ig', contact: 'bakery-2', text: 'price?' });
    await vi.waitFor(() => expect(sandboxOf('bakery').sends()).toHaveLength(2), PATIENCE);
    expect(asked()).toHaveLength(2);
  });
});
