// `npm run bench:fairness -- --hanging 130 --people 5000 --for 60s`: one worker on PostgreSQL. The API of
// some workspaces gives no response to any call, and very many people write to another one. Measures how long
// people of the other workspaces wait.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Millis, parseDuration, SECOND } from '../src/domain/time.js';
import { createLogger } from '../src/log/logger.js';
import { createSharedApp } from '../src/program/shared-app.js';
import { startSharedSandbox, type Tenant } from '../src/sandbox/server.js';
import { openPostgres } from '../src/store/postgres/open.js';
import { aConfig, anAccount } from '../test/builders.js';
import { startPostgres } from '../test/postgres/server.js';
import { aRuleSet } from '../test/scenes/rule-set.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR., once_per: false }\n';

const { values } = parseArgs({
  options: {
    hanging: { type: 'string', default: '130' },
    people: { type: 'string', default: '5000' },
    rest: { type: 'string', default: '60' },
    concurrency: { type: 'string', default: '100' },
    for: { type: 'string', default: '60s' },
  },
});
const lasts = parseDuration(values.for) ?? 60 * SECOND;
const namesOf = (what: string, n: string) => Array.from({ length: Number(n) }, (_, i) => `${what}-${i}`);
const rest = namesOf('rest', values.rest);
const hanging = namesOf('hanging', values.hanging);
const names = [...rest, 'flood', ...hanging];

const postgres = await startPostgres();
const url = await postgres.database();
const api = await startSharedSandbox(names, { limits: null });
const of = (name: string): Tenant => api.tenants.get(name)!;
const common = aConfig({
  accounts: [anAccount()],
  store: { kind: 'postgres', url },
  guards: { ...aConfig().guards, perContact: { replies: 10_000, per: 3_600 * SECOND }, loopBreaker: null },
});
const set = aRuleSet(RULES, common);
const workspaces = names.map((workspace) => ({
  config: {
    ...common,
    workspace,
    blotato: { baseUrl: api.url, apiKey: workspace },
    poll: { ...common.poll, schedule: '*/2 * * * * *' },
  },
  set,
}));

/** Messages without a reply yet, by person, with their times; and the waiting times of the answered ones. */
const pending = new Map<string, number>();
const waits: Millis[] = [];
const flood = { reads: [] as number[], first: null as number | null, began: 0 };
for (const name of rest) {
  of(name).fault(({ method }) => {
    const wrote = method === 'POST' ? pending.get(name) : undefined;
    if (wrote !== undefined) waits.push(Date.now() - wrote);
    if (method === 'POST') pending.delete(name);
    return 'none';
  });
}
of('flood').fault(({ method, path }) => {
  const at = Date.now();
  if (path === '/v2/messages' && method === 'GET') flood.reads.push(at);
  if (method === 'POST' && flood.began > 0) flood.first ??= at;
  return 'none';
});

const store = await openPostgres(url, { connections: 20 });
const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
const concurrency = Number(values.concurrency);
const app = createSharedApp({ served: store, workspaces, logger, concurrency });
await app.start();
// Messages that the first read of a list finds get no reply, so the bench waits for that read.
await wait(20 * SECOND);
for (const name of hanging) of(name).fault(() => 'hang');
flood.began = Date.now();
for (const [n, contact] of namesOf('person', values.people).entries())
  of('flood').receive({
    account: 'shop-ig',
    contact,
    text: 'price?',
    at: flood.began - Number(values.people) + n,
  });
flood.reads = [];
let turn = 0;
const writing = setInterval(() => {
  const name = rest[(turn += 1) % rest.length] ?? '';
  if (name === '' || pending.has(name)) return;
  pending.set(name, Date.now());
  of(name).receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
}, 500);
await wait(lasts);
clearInterval(writing);

const sorted = [...waits].sort((a, b) => a - b);
const seconds = (time: number | undefined) => (time === undefined ? null : Math.round(time / 100) / 10);
const gaps = flood.reads.map((at, n) => at - (flood.reads[n - 1] ?? flood.began));
const result = {
  hanging: hanging.length,
  people: Number(values.people),
  rest: rest.length,
  concurrency,
  replies: waits.length,
  replyP50: seconds(sorted[Math.floor(sorted.length / 2)]),
  replyMost: seconds(sorted.at(-1)),
  waitingLongest: seconds(Math.max(0, ...[...pending.values()].map((at) => Date.now() - at))),
  floodFirstReply: flood.first === null ? null : seconds(flood.first - flood.began),
  floodReplies: of('flood').sends().length,
  floodReads: flood.reads.length,
  floodLongestGap: seconds(Math.max(0, ...gaps)),
};
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
await app.stop();
await store.close();
await api.close();
await postgres.stop();
process.exit();
