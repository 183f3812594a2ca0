// Entry point of the loader thread, in which `load-in-thread.ts` reads large rule files.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { CheckedEach } from '../domain/workspaces.js';
import type { RuleSet } from '../rules/parse.js';
import { type Grouped, loadConfigsOf, type LoadRequest, type Chunk } from './load-in-thread.js';
import { readProjects } from './project.js';

/** Rules per chunk: receiving one blocks the program for a few milliseconds. */
const PARCEL = 250;

const { parcels, ...order } = workerData as LoadRequest & { readonly parcels: MessagePort };
const read = await readProjects(loadConfigsOf(order), order.file, order.env);
const groups = new Map<RuleSet, number>();
for (const { rules } of read.ok ? read.value : []) {
  if (groups.has(rules)) continue;
  const group = groups.size;
  groups.set(rules, group);
  // The texts of the files are sent with the first chunk; a set without rules has a first chunk too.
  for (let from = 0; from === 0 || from < rules.rules.length; from += PARCEL) {
    const texts = from === 0 ? rules.texts : [];
    parcels.postMessage({ group, rules: rules.rules.slice(from, from + PARCEL), texts } satisfies Chunk);
  }
}
const grouped: CheckedEach<Grouped> = read.ok
  ? { ...read, value: read.value.map(({ config, rules }) => ({ config, group: groups.get(rules) ?? 0 })) }
  : read;
parentPort?.postMessage(grouped);
// Sent messages must stay readable, so the thread runs until it is terminated.
parentPort?.on('message', () => undefined);
