// Entry point of the loader thread, in which `in-thread.ts` has read large rule files and trains models of examples.
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckedEach } from '../domain/workspaces.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import { trainToSend } from '../engine/rule-set.js';
import type { RuleSet } from '../rules/parse.js';
import { createAsked } from './asked.js';
import type { Grouped, Parcel, ThreadOrder, ThreadReply } from './in-thread.js';
import { loadConfigsOf, namedIn } from './load-request.js';
import { onlyOrigin, saveParsedRules } from './parsed-rules.js';
import { type ReadProject, readProjects } from './project.js';
import { groupOf, type RuleGroup } from './rule-group.js';
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
  const groups = new Map<RuleSet, RuleGroup & { readonly group: number }>();
  for (const { rules } of read.ok ? read.value : []) {
    if (groups.has(rules)) continue;
    const whole = { ...groupOf(rules), group: groups.size };
    groups.set(rules, whole);
    const { group, parts } = whole;
    const bare = parts.map((each) => ({ ...each, rules: [] }));
    parcels.postMessage({ ...whole, rules: [], parts: bare } satisfies Parcel);
    for (const [part, { rules: all }] of parts.entries())
      for (let from = 0; from < all.length; from += PARCEL)
        parcels.postMessage({ group, part, rules: all.slice(from, from + PARCEL) } satisfies Parcel);
    for (const { model, buffers } of trainToSend(whole.rules)) {
      // A model is unusable here once it is sent.
      models.push(structuredClone(model));
      parcels.postMessage(model satisfies Parcel, [...buffers] as ArrayBuffer[]);
    }
  }
  const value = (read.ok ? read.value : []).map(({ config, rules }) => ({
    ...{ config, group: groups.get(rules)?.group ?? 0 },
  }));
  const grouped: CheckedEach<Grouped> = read.ok ? { ...read, value } : read;
  parentPort?.postMessage({ ...grouped, named: namedIn(log), asked } satisfies ThreadReply);
  const [only] = groups.values();
  // Sent messages must stay readable, so the thread runs until they were received.
  parentPort?.once('message', () => void save(only?.parts ?? null).finally(() => process.exit()));
}

/** Saves the rules of the only workspace for the next start. */
async function save(parts: RuleGroup['parts'] | null): Promise<void> {
  const origin = onlyOrigin(configs);
  if (!origin || !parts || log.wanted.size + log.files.size > 0) return;
  await saveParsedRules({ parts, models, asked }, origin.config);
}
