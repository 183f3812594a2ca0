// Entry point of the loader thread, in which `load-in-thread.ts` reads large rule files and trains models of examples.
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckedEach } from '../domain/workspaces.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import { trainToSend } from '../engine/rule-set.js';
import type { RuleSet } from '../rules/parse.js';
import { createAsked } from './asked.js';
import { type Grouped, loadConfigsOf, namedIn, type Parcel, type ThreadOrder } from './load-in-thread.js';
import { onlyOrigin, saveParsedRules } from './parsed-rules.js';
import { type ReadProject, readProjects } from './project.js';
import { groupOf } from './rule-group.js';
import { createTableLog } from './table-source.js';

/** Rules per chunk: receiving one blocks the program for a few milliseconds. */
const PARCEL = 250;

const { parcels, states, ...order } = workerData as ThreadOrder;
const log = createTableLog();
const asked = createAsked();
const models: SentModel[] = [];
const configs = loadConfigsOf(order);
const tables = { states, fetchNew: () => Promise.resolve(false) };
void readProjects(configs, order.file, order.env, { tables, log, asked }).then(send);

function send(read: CheckedEach<ReadProject>): void {
  const groups = new Map<RuleSet, number>();
  for (const { rules } of read.ok ? read.value : []) {
    if (groups.has(rules)) continue;
    const group = groups.size;
    groups.set(rules, group);
    const { rules: all, ...rest } = groupOf(rules);
    // The texts of the files are sent with the first chunk; a set without rules has a first chunk too.
    for (let from = 0; from === 0 || from < all.length; from += PARCEL) {
      const whole = from === 0 ? rest : { texts: [], tables: [], saved: [], troubles: [] };
      parcels.postMessage({ group, rules: all.slice(from, from + PARCEL), ...whole } satisfies Parcel);
    }
    for (const { model, buffers } of trainToSend(all)) {
      // A model is unusable here once it is sent.
      models.push(structuredClone(model));
      parcels.postMessage(model satisfies Parcel, [...buffers] as ArrayBuffer[]);
    }
  }
  const grouped: CheckedEach<Grouped> = read.ok
    ? { ...read, value: read.value.map(({ config, rules }) => ({ config, group: groups.get(rules) ?? 0 })) }
    : read;
  parentPort?.postMessage({ ...grouped, named: namedIn(log) });
  // Sent messages must stay readable, so the thread runs until they were received.
  parentPort?.once('message', () => void save(read).finally(() => process.exit()));
}

/** Saves the rules of the only workspace for the next start. */
async function save(read: CheckedEach<ReadProject>): Promise<void> {
  const origin = configs.ok ? onlyOrigin(configs) : null;
  const [only] = read.ok ? read.value : [];
  if (!origin || !only || !read.ok || log.wanted.size + log.files.size > 0) return;
  const { rules, texts, saved } = groupOf(only.rules);
  await saveParsedRules({ rules, saved, warnings: read.warnings, models, asked }, { ...origin, texts });
}
