// The thread in which `load-in-thread.ts` reads large rule files.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readProject } from './project.js';
import type { Order, Parcel } from './load-in-thread.js';

/** Rules in one parcel: taking it in costs the program a few milliseconds. */
const PARCEL = 250;

const { file, env, workspace, parcels } = workerData as Order & { readonly parcels: MessagePort };
const read = await readProject(file, env, workspace);
if (read.ok) {
  const { rules } = read.value.rules;
  for (let from = 0; from < rules.length; from += PARCEL) {
    parcels.postMessage(rules.slice(from, from + PARCEL) satisfies Parcel);
  }
}
parentPort?.postMessage(read.ok ? { ok: true, value: read.value.config, warnings: read.warnings } : read);
// What was sent must stay readable: the thread lives on until it is ended.
parentPort?.on('message', () => undefined);
