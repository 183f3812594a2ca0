// `npm run bench:fairness -- --hanging 130 --people 5000 --for 60s`: one worker on PostgreSQL. The API of
// some workspaces gives no response to any call, and very many people write to another one. Measures how long
// people of the other workspaces wait, and the shares of the time until the first reply to the flood.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDuration, SECOND } from '../src/domain/time.js';
import { createLogger } from '../src/log/logger.js';
import { createSharedApp } from '../src/program/shared-app.js';
import { openPostgres } from '../src/store/postgres/open.js';
import { aConfig, anAccount } from '../test/builders.js';
import { startPostgres } from '../test/postgres/server.js';
import { aRuleSet } from '../test/scenes/rule-set.js';
import { watchRequests } from './fairness-shares.js';
import { FLOOD, type Order, type Report } from './fairness-api.js';

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
const names = [...rest, FLOOD, ...hanging];

const postgres = await startPostgres();
const url = await postgres.database();
const api = fork(new URL('./fairness-api.ts', import.meta.url));
const tell = async (order: Order): Promise<Report> => {
  api.send(order);
  const [report] = (await once(api, 'message')) as [Report];
  return report;
};
const { url: baseUrl } = await tell({ order: 'begin', rest, hanging });
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
    blotato: { baseUrl, apiKey: workspace },
    poll: { ...common.poll, schedule: '*/2 * * * * *' },
  },
  set,
}));

const store = await openPostgres(url, { connections: 20 });
const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
const concurrency = Number(values.concurrency);
const watched = watchRequests(FLOOD);
const observer = (name: string) => (name === FLOOD ? { onDecision: watched.onDecision } : {});
const app = createSharedApp({ served: store, workspaces, logger, concurrency, observer });
await app.start();
// Messages that the first read of a list finds get no reply, so the bench waits for that read.
await wait(20 * SECOND);
await tell({ order: 'flood', people: Number(values.people) });
await wait(lasts);
const { waits, pending, flood } = await tell({ order: 'end' });

const sorted = [...waits].sort((a, b) => a - b);
const seconds = (time: number | null | undefined) => (time == null ? null : Math.round(time / 100) / 10);
const gaps = flood.reads.map((at, n) => at - (flood.reads[n - 1] ?? 0));
const shares = watched.sharesSince(flood.beganAt, seconds);
const result = {
  hanging: hanging.length,
  people: Number(values.people),
  rest: rest.length,
  concurrency,
  replies: waits.length,
  replyP50: seconds(sorted[Math.floor(sorted.length / 2)]),
  replyMost: seconds(sorted.at(-1)),
  waitingLongest: seconds(Math.max(0, ...pending)),
  floodFirstReply: seconds(flood.firstReply),
  // Of the time until the first reply.
  ...shares,
  floodWalk: seconds(watched.walkSince(flood.beganAt)),
  floodReplies: flood.replies,
  floodReads: flood.reads.length,
  floodLongestGap: seconds(Math.max(0, ...gaps)),
};
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
await app.stop();
await store.close();
api.disconnect();
await postgres.stop();
process.exit();
