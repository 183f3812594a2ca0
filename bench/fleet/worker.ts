// The measured process: a worker of many workspaces, with the compiled modules of one build. Argument: the order as JSON.
import { SECOND } from '../../src/domain/time.js';
import { modulesOf } from './build-modules.js';
import { scheduleOf, type WorkerMemory, type WorkerOrder } from './order.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n  - { id: guide, on: comment, keywords: [guide], private_reply: Here it is. }\n';

process.once('disconnect', () => process.exit());
const order = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder;
const { url, api, workspaces, connections } = order;
const build = await modulesOf(order.modules);
const shared = build.aConfig({ accounts: [build.anAccount()], store: { kind: 'postgres', url } });
const set = build.aRuleSet(RULES, shared);
const all = Array.from({ length: workspaces }, (_, n) => ({
  config: {
    ...shared,
    workspace: `w${n}`,
    blotato: { baseUrl: api, apiKey: `key-${n}` },
    poll: { ...shared.poll, schedule: scheduleOf(order) },
  },
  set,
}));
const app = build.createSharedApp({
  served: await build.openPostgres(url, { connections }),
  workspaces: all,
  logger: build.createLogger({ level: 'warn', pretty: false, secrets: [] }),
  concurrency: order.concurrency ?? build.concurrencyFor(workspaces),
});
await app.start();
setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed } satisfies WorkerMemory);
}, SECOND);
