import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import type { CheckedEach } from '../domain/workspaces.js';
import type { SentModels } from '../engine/meaning/scopes.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import { orderedRules } from '../rules/parts.js';
import type { Asked } from './asked.js';
import type { LoadRequest, NamedTables } from './load-request.js';
import { inTurns } from './in-turns.js';
import { NO_RULES, type RuleGroup } from './rule-group.js';
import type { Tables } from './tables.js';

/** A request to the loader thread. */
export interface ThreadOrder extends LoadRequest {
  readonly parcels: MessagePort;
  /** Known versions of the tables at addresses, since the thread fetches nothing. */
  readonly states: Tables['states'];
}

/** The rules that a group of workspaces shares, without the rules themselves. */
interface Bare extends RuleGroup {
  readonly group: number;
}

/** Rules of a part. */
interface Chunk {
  readonly group: number;
  readonly part: number;
  readonly rules: readonly Rule[];
}

/** A parcel from the loader thread. */
export type Parcel = Bare | Chunk | SentModel;

/** The last message of the loader thread. */
export type ThreadReply = CheckedEach<Grouped> & { readonly named: NamedTables; readonly asked: Asked };

/** A workspace, and the group of workspaces that share its rules. */
export interface Grouped {
  readonly config: Config;
  readonly group: number;
}

/** The rules that a thread read. */
type ReadInThread = CheckedEach<RuleGroup & { readonly config: Config }> &
  Pick<ThreadReply, 'named' | 'asked'> & { readonly sent?: SentModels };

/** Reads and checks rules in a thread, and trains the models of their examples. Rejects if the thread fails. */
export async function readInThread(order: LoadRequest, states: Tables['states']): Promise<ReadInThread> {
  const { port1, port2 } = new MessageChannel();
  const worker = startWorker({ ...order, states, parcels: port2 }, [port2]);
  try {
    const read = await new Promise<ThreadReply>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the loader thread ended with ${code}`)));
    });
    if (!read.ok) {
      await worker.terminate();
      return read;
    }
    const { groups, sent } = await unpack(port1);
    letSave(worker);
    return {
      ...{ ...read, sent },
      value: read.value.map(({ config, group }) => ({ config, ...(groups[group] ?? NO_RULES) })),
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    port1.close();
  }
}

/** Reads the rules in a thread that only saves them for the next start. */
export function saveInThread(order: LoadRequest): void {
  const { port1, port2 } = new MessageChannel();
  letSave(startWorker({ ...order, states: new Map(), parcels: port2 }, [port2]));
  port1.close();
}

/** The thread then saves the rules for the next start and ends; the program does not wait for it. */
function letSave(worker: Worker): void {
  worker.removeAllListeners();
  // A failure costs the next start some time, and nothing else.
  worker.on('error', () => undefined);
  worker.unref();
  worker.postMessage('received');
}

/** Chunks are received one at a time: a port with a listener would deliver all of them at once. */
async function unpack(
  port: MessagePort,
): Promise<{ readonly groups: readonly RuleGroup[]; readonly sent: SentModels }> {
  const sent = new Map<string, SentModel>();
  const groups: Bare[] = [];
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: Parcel } | undefined;
    if (!received) break;
    const { message } = received;
    if ('hash' in message) sent.set(message.hash, message);
    else if ('part' in message)
      (groups[message.group]?.parts[message.part]?.rules as Rule[]).push(...message.rules);
    else groups[message.group] = message;
    await turn();
  }
  const ordered: RuleGroup[] = [];
  for (const { group: _, ...rest } of groups)
    ordered.push({ ...rest, rules: await inTurns(orderedRules(rest.parts)) });
  return { sent, groups: ordered };
}

function startWorker(order: ThreadOrder, transferList: [MessagePort]): Worker {
  const entry = new URL('./loader-thread.js', import.meta.url);
  return new Worker(entry, { workerData: order, transferList });
}
