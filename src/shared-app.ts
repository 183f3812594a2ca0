import { createTurns, type Observer, type Turns } from './app.js';
import { type Clock, type Instant, type Millis, MINUTE } from './domain/time.js';
import type { CompiledSet } from './engine/rule-set.js';
import type { Logger } from './log.js';
import { notifierFor } from './notify/notifier-for.js';
import type { Notifier } from './notify/notifier.js';
import type { Served } from './store/postgres/open.js';
import type { Tenure } from './store/postgres/server.js';
import { isForgetfulDay, postgresStore, takeOver, workspacesOf } from './store/postgres/store.js';
import { type Member, startWorkers, type Workers } from './workers/workers.js';
import type { Workspace } from './workspaces.js';

export interface SharedAppOptions {
  readonly url: string;
  readonly served: Served;
  readonly workspaces: readonly Workspace[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** By the name of the workspace. */
  readonly observer?: (workspace: string) => Observer;
  /** How many workspaces have a turn at the same time. @default 10 */
  readonly concurrency?: number;
  /** For one call of the API. @default LIMITS.requestTimeout */
  readonly requestTimeout?: Millis;
}

/** A worker: the workspaces of a database, together with the other workers of it. */
export interface SharedApp {
  start(): Promise<void>;
  /** One turn of each workspace, for a program that a timer starts. */
  once(): Promise<void>;
  /** Puts other rules into force, from the next event on. */
  swap(workspace: string, set: CompiledSet): void;
  stop(): Promise<void>;
}

export function createSharedApp(options: SharedAppOptions): SharedApp {
  const { url, served, workspaces, clock, logger, concurrency = 10 } = options;
  const members = new Map(workspaces.map((each) => [each.config.workspace, createMember(each, options)]));
  let workers: Workers | null = null;
  return {
    async start() {
      workers = await startWorkers({ url, served, members, clock, logger, concurrency });
    },
    async once() {
      const numbers = await workspacesOf(served, [...members.keys()]);
      for (const [name, member] of members) {
        member.own(await takeOver(served, numbers.get(name) ?? 0, 'once', clock));
        await member.turn();
      }
    },
    swap: (workspace, set) => members.get(workspace)?.swap(set),
    async stop() {
      await workers?.stop();
      await Promise.all([...members.values()].map((member) => member.close()));
    },
  };
}

interface SharedMember extends Member {
  swap(set: CompiledSet): void;
  close(): Promise<void>;
}

/** What works for a workspace, from its first turn here on. */
interface Parts {
  readonly turns: Turns;
  readonly notifier: Notifier | null;
}

/** What a workspace needs is made with its first turn here: most of thousands may be another worker's for long. */
function createMember(workspace: Workspace, options: SharedAppOptions): SharedMember {
  const { served, clock } = options;
  let tenure: Tenure = { workspace: 0, epoch: 0 };
  let inForce = workspace.set;
  let parts: Parts | null = null;
  let lookedAt: Instant = 0;

  /** Beside the turn, and not with each: what the owner should know, and what is older than they want to keep. */
  async function lookAround({ turns, notifier }: Parts): Promise<void> {
    if (clock() - lookedAt < MINUTE) return;
    lookedAt = clock();
    await notifier?.look();
    if (await isForgetfulDay(served, tenure.workspace, clock())) await turns.forget();
  }

  return {
    own: (next) => (tenure = next),
    async turn() {
      parts ??= await partsOf({ ...workspace, set: inForce }, options, () => tenure);
      const next = await parts.turns.turn();
      await lookAround(parts);
      return next;
    },
    swap(next) {
      inForce = next;
      parts?.turns.swap(next);
    },
    async close() {
      await parts?.notifier?.stop();
      await parts?.turns.close();
    },
  };
}

async function partsOf(
  { config, set }: Workspace,
  { served, clock, logger: common, observer, requestTimeout }: SharedAppOptions,
  tenure: () => Tenure,
): Promise<Parts> {
  const store = postgresStore(served, tenure, clock);
  const logger = common.child({ workspace: config.workspace });
  const turns = createTurns({
    ...{ config, set, store, clock, logger },
    ...(observer ? { observer: observer(config.workspace) } : {}),
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  });
  const condition = () => ({ failing: turns.health().failing, brokenRules: null });
  return { turns, notifier: await notifierFor(config, { store, clock, logger, condition }) };
}
