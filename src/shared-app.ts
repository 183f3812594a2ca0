import { createTurns, type Observer, type Turns } from './app.js';
import type { Clock, Millis } from './domain/time.js';
import type { CompiledSet } from './engine/rule-set.js';
import type { Logger } from './log.js';
import type { Health } from './server/health.js';
import type { Served } from './store/postgres/open.js';
import type { Tenure } from './store/postgres/server.js';
import { postgresStore, takeOver, workspacesOf } from './store/postgres/store.js';
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
  /** How reading goes in a workspace, as far as this worker had the last turn. */
  health(workspace: string): Health;
  /** Puts other rules into force, from the next event on. */
  swap(workspace: string, set: CompiledSet): void;
  stop(): Promise<void>;
}

const NOTHING_READ: Health = { readAt: null, failing: [], isKeyRefused: false };

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
    health: (workspace) => members.get(workspace)?.health() ?? NOTHING_READ,
    swap: (workspace, set) => members.get(workspace)?.swap(set),
    async stop() {
      await workers?.stop();
      await Promise.all([...members.values()].map((member) => member.close()));
    },
  };
}

interface SharedMember extends Member {
  health(): Health;
  swap(set: CompiledSet): void;
  close(): Promise<void>;
}

/** What a workspace needs is made with its first turn here: most of thousands may be another worker's for long. */
function createMember(
  { config, set }: Workspace,
  { served, clock, logger, observer, requestTimeout }: SharedAppOptions,
): SharedMember {
  let tenure: Tenure = { workspace: 0, epoch: 0 };
  let inForce = set;
  let turns: Turns | null = null;
  const make = (): Turns =>
    createTurns({
      config,
      set: inForce,
      store: postgresStore(served, () => tenure, clock),
      clock,
      logger: logger.child({ workspace: config.workspace }),
      ...(observer ? { observer: observer(config.workspace) } : {}),
      ...(requestTimeout === undefined ? {} : { requestTimeout }),
    });
  return {
    own: (next) => (tenure = next),
    turn: () => (turns ??= make()).turn(),
    health: () => turns?.health() ?? NOTHING_READ,
    swap(next) {
      inForce = next;
      turns?.swap(next);
    },
    close: async () => turns?.close(),
  };
}
