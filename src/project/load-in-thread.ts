import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { loadConfig } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { Checked } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import type { Millis } from '../domain/time.js';
import { compileSetInSteps } from '../engine/rule-set.js';
import type { Steps } from '../engine/steps.js';
import { isSchedule } from '../poller/schedule.js';
import { holidaysOf, type Project, readProject } from './project.js';
import { listYamlFiles } from '../yaml/read.js';

/** What a running program needs of a project. */
export type Runnable = Pick<Project, 'config' | 'set'>;

/** What to read. */
export interface Order {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One of several. */
  readonly workspace?: string;
}

/** Some of the rules. */
export type Parcel = readonly Rule[];

/** Reading takes about a millisecond a kilobyte, and a thread of its own half a second. */
const ASIDE_FROM_BYTES = 64 * 1024;
/** Run from its TypeScript, the program reads without a thread: Node 20 starts none from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
/** The program does nothing else for this long at a time while it takes rules over. */
const LONGEST_STEP: Millis = 5;

/**
 * Reads, checks and compiles a project as `loadProject` does, beside a program at work: large rule files are read in a
 * thread of their own, and what remains is done a few milliseconds at a time.
 */
export async function loadAside(order: Order): Promise<Checked<Runnable>> {
  const read = !IS_SOURCE && isLarge(order) ? await readInThread(order) : await readHere(order);
  if (!read.ok) return read;
  const { config, rules } = read.value;
  const set = await inTurns(compileSetInSteps(rules, config.calendars, await holidaysOf(config)));
  return { ok: true, value: { config, set }, warnings: read.warnings };
}

type Read = Checked<{ readonly config: Config; readonly rules: readonly Rule[] }>;

async function readHere({ file, env, workspace }: Order): Promise<Read> {
  const read = await readProject(file, env, workspace);
  if (!read.ok) return read;
  const { config, rules } = read.value;
  return { ok: true, value: { config, rules: rules.rules }, warnings: read.warnings };
}

/** Whether the files are worth a thread. What is wrong with them is found by whoever reads them. */
function isLarge({ file, env, workspace }: Order): boolean {
  const config = loadConfig(file, env, isSchedule, workspace);
  const files = config.ok ? listYamlFiles(config.value.rulesPath, '') : config;
  if (!files.ok) return false;
  const bytes = files.value.reduce(
    (sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  return bytes >= ASIDE_FROM_BYTES;
}

async function readInThread(order: Order): Promise<Read> {
  const { port1, port2 } = new MessageChannel();
  const worker = startWorker({ ...order, parcels: port2 }, [port2]);
  try {
    const told = await new Promise<Checked<Config>>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread that reads the rules ended with ${code}`)));
    });
    if (!told.ok) return told;
    return { ok: true, value: { config: told.value, rules: await unpack(port1) }, warnings: told.warnings };
  } finally {
    port1.close();
    await worker.terminate();
  }
}

/** One parcel at a time: a port that is listened to would deliver all at once. */
async function unpack(port: MessagePort): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: Parcel } | undefined;
    if (!received) return rules;
    rules.push(...received.message);
    await turn();
  }
}

function startWorker(order: Order & { readonly parcels: MessagePort }, transferList: [MessagePort]): Worker {
  const entry = new URL('./loader-thread.js', import.meta.url);
  return new Worker(entry, { workerData: order, transferList });
}

/** Does the steps with pauses between, in which the program goes on. */
async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + LONGEST_STEP;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await turn();
  }
}
