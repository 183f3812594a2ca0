import { createTurnMemory, createTurns, type TurnMemory, type Turns } from './app.js';
import { type Connections, openConnections } from '../blotato/exchange.js';
import { LIMITS } from '../domain/limits.js';
import { type Clock, HOUR, type Instant, type Millis, MINUTE } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import { notifierFor } from '../notify/notifier-for.js';
import type { Notifier } from '../notify/notifier.js';
import type { Served } from '../store/postgres/open.js';
import type { Tenure } from '../store/postgres/server.js';
import type { Store } from '../store/store.js';
import { isForgetfulDay, leanStore, takeOver, workspacesOf } from '../store/postgres/store.js';
import { type Member, startWorkers, type Workers } from '../workers/workers.js';
import type { Workspace } from '../project/workspaces.js';
import type { Observer } from '../domain/observer.js';

export interface SharedAppOptions {
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
  const { served, workspaces, clock, logger, concurrency = 10 } = options;
  const connections = openConnections(options.requestTimeout ?? LIMITS.requestTimeout);
  const shared: MemberOptions = { ...options, connections };
  const members = new Map(workspaces.map((each) => [each.config.workspace, createMember(each, shared)]));
  let workers: Workers | null = null;
  return {
    async start() {
      workers = await startWorkers({ served, members, clock, logger, concurrency });
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
      await connections.close();
    },
  };
}

interface MemberOptions extends SharedAppOptions {
  readonly connections: Connections;
}

interface SharedMember extends Member {
  swap(set: CompiledSet): void;
  close(): Promise<void>;
}

/** What stays of a workspace between its turns here. */
interface Kept {
  readonly logger: Logger;
  readonly memory: TurnMemory;
  readonly notifier: Notifier | null;
}

/**
 * Thousands of workspaces share a program, and few have a turn at a time: what a turn works with is made for it, and
 * what is kept is little.
 */
function createMember(workspace: Workspace, options: MemberOptions): SharedMember {
  const { served, clock } = options;
  const { config } = workspace;
  let tenure: Tenure = { workspace: 0, epoch: 0 };
  let inForce = workspace.set;
  let kept: Kept | null = null;
  let running: Turns | null = null;
  let lookedAt: Instant = 0;
  let askedAt: Instant = 0;
  const store = (): Store => leanStore(served, () => tenure, clock);

  async function keep(): Promise<Kept> {
    const logger = options.logger.child({ workspace: config.workspace });
    const memory = createTurnMemory({ config, clock, logger });
    const condition = () => ({ failing: memory.polling.readings.health().failing, brokenRules: null });
    const notifier = await notifierFor(config, { store: store(), clock, logger, condition });
    return { logger, memory, notifier };
  }

  /** Beside the turn, and not with each: what the owner should know, and what is older than they want to keep. */
  async function lookAround(turns: Turns, notifier: Notifier | null): Promise<void> {
    if (clock() - lookedAt < MINUTE) return;
    lookedAt = clock();
    await notifier?.look();
    if (clock() - askedAt < HOUR) return;
    askedAt = clock();
    if (await isForgetfulDay(served, tenure.workspace, clock())) await turns.forget();
  }

  return {
    own: (next) => (tenure = next),
    async turn() {
      kept ??= await keep();
      const turns = turnsOf({ config, set: inForce }, kept, store(), options);
      running = turns;
      try {
        const next = await turns.turn();
        await lookAround(turns, kept.notifier);
        return next;
      } finally {
        running = null;
        await turns.close();
      }
    },
    swap(next) {
      inForce = next;
      running?.swap(next);
    },
    async close() {
      await running?.close();
      await kept?.notifier?.stop();
    },
  };
}

function turnsOf(
  { config, set }: Workspace,
  { logger, memory }: Kept,
  store: Store,
  { clock, observer, requestTimeout, connections }: MemberOptions,
): Turns {
  return createTurns({
    ...{ config, set, store, clock, logger, connections, memory },
    ...(observer ? { observer: observer(config.workspace) } : {}),
    ...(requestTimeout === undefined ? {} : { requestTimeout }),
  });
}
