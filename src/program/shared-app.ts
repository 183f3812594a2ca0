import { type Connections, openConnections } from '../blotato/exchange.js';
import { customerOf } from '../domain/customer.js';
import { LIMITS } from '../domain/limits.js';
import type { Trouble } from '../domain/health.js';
import type { Observer } from '../domain/observer.js';
import { HOUR, type Instant, type Millis, MINUTE } from '../domain/time.js';
import { WORKER_TIMES, type WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import { nextTime } from '../poller/schedule.js';
import type { Workspace } from '../project/project.js';
import type { RulesState } from '../project/reload.js';
import type { PgStore } from '../store/postgres/open.js';
import type { Lease } from '../store/postgres/server.js';
import { claimWorkspaces } from '../store/postgres/customers.js';
import { isForgetfulDay, leanStore, acquireLease } from '../store/postgres/store.js';
import { createClockWatch } from '../workers/clock-watch.js';
import { nameWorker } from '../workers/heartbeats.js';
import { createOutages, type Outages } from '../workers/outages.js';
import { watchUnserved } from '../workers/unserved-watch.js';
import type { Member } from '../workers/turns.js';
import { startWorkers, type Workers } from '../workers/workers.js';
import { type ActiveWorkspace, createWorkspace } from './workspace.js';

/** A workspace, and what keeps newer rules from being active. @default nothing does */
export interface WatchedWorkspace extends Workspace {
  readonly problem?: RulesState['problem'];
}

export interface SharedAppOptions {
  readonly served: PgStore;
  readonly workspaces: readonly WatchedWorkspace[];
  readonly logger: Logger;
  /** Keyed by the name of the workspace. */
  readonly observer?: (workspace: string) => Observer;
  /** Maximum number of workspaces with a running cycle. @default 10 */
  readonly concurrency?: number;
  /** Timeout of one request to the API. @default LIMITS.requestTimeout */
  readonly requestTimeout?: Millis;
  /** @default WORKER_TIMES */
  readonly workerTimes?: WorkerTimes | undefined;
  /**
   * Called for a workspace that is not served because it belongs to another customer in the store. @default
   * only a log message
   */
  readonly onRefused?: (workspace: string, why: string) => void;
}

/** A worker: runs the workspaces of a database, together with other workers. Its times are the database's. */
export interface SharedApp {
  /**
   * Throws StoreError `other_customer` if every workspace of the store belongs to another customer, and
   * `clock` if this worker's clock differs too much from the database's.
   */
  start(): Promise<void>;
  /** Runs one cycle of each workspace, for a program started by a scheduler. */
  once(): Promise<void>;
  /**
   * Checks the key of each workspace with the API, before `once`. Throws BlotatoError if the API refuses all
   * of them.
   */
  checkKeys(): Promise<void>;
  /** The error of the store, from the workspace's last cycle in this process; null if it works. */
  trouble(workspace: string): Trouble | null;
  /** Workspaces that belong to another customer; nothing of them is read or sent. */
  refused(): readonly string[];
  stop(): Promise<void>;
}

/** Schedules workspaces by the queue shared by the workers of a database. */
export function createSharedApp(options: SharedAppOptions): SharedApp {
  const { served, workspaces, logger, concurrency = 10 } = options;
  const outages = createOutages(served, logger);
  const connections = openConnections(options.requestTimeout ?? LIMITS.requestTimeout);
  const members = new Map(
    workspaces.map((each) => [
      each.config.workspace,
      createMember(each, { ...options, quiet: outages.quiet }, connections),
    ]),
  );
  const watch = createClockWatch(served, logger);
  let workers: Workers | null = null;
  let unserved: ReturnType<typeof watchUnserved> | null = null;
  const claim = createClaim(options, members);
  const each = async (work: (member: SharedMember) => Promise<unknown>): Promise<void> => {
    await watch.start();
    const ids = await claim(null);
    for (const [name, member] of members) {
      member.own(await acquireLease(served, ids.get(name) ?? 0, 'once'));
      await work(member);
    }
  };
  return {
    async start() {
      await watch.start();
      const id = nameWorker();
      const ids = await claim(id);
      workers = await startWorkers({
        id,
        members: new Map([...members].map(([name, member]) => [ids.get(name) ?? 0, member])),
        served,
        watch,
        logger: outages.quiet(logger),
        concurrency,
        times: options.workerTimes,
      });
      const { heartbeatTimeout: timeout } = options.workerTimes ?? WORKER_TIMES;
      unserved = watchUnserved({ served, timeout, logger: outages.quiet(logger) });
    },
    once: () => each((member) => member.turn()),
    async checkKeys() {
      const refusals: unknown[] = [];
      await each((member) => member.checkKey().catch((error: unknown) => refusals.push(error)));
      // Workspaces with a valid key have their cycle; the others log the refusal.
      if (refusals.length === members.size && refusals.length > 0) throw refusals[0];
    },
    trouble: (workspace) => members.get(workspace)?.trouble() ?? null,
    refused: () => [...claim.refused],
    async stop() {
      outages.stop();
      await Promise.all([workers?.stop(), unserved?.stop()]);
      await Promise.all([...members.values()].map((member) => member.stop()));
      await connections.close();
    },
  };
}

/** Claims the members' workspaces, and drops members whose workspace belongs to another customer. */
function createClaim(
  { served, workspaces, logger, workerTimes = WORKER_TIMES, onRefused }: SharedAppOptions,
  members: Map<string, SharedMember>,
) {
  const customers = new Map(workspaces.map(({ config }) => [config.workspace, customerOf(config)]));
  const dropped = new Set<string>();
  const claim = async (worker: string | null): Promise<ReadonlyMap<string, number>> => {
    const { ids, refused } = await claimWorkspaces(served, {
      ...{ customers, worker },
      timeout: workerTimes.heartbeatTimeout,
    });
    const [first] = refused.values();
    if (ids.size === 0 && first) throw first;
    for (const [name, { message }] of refused) {
      members.delete(name);
      dropped.add(name);
      logger.error(
        { workspace: name, why: message },
        'a workspace belongs to another customer; it is not served',
      );
      onRefused?.(name, message);
    }
    return ids;
  };
  return Object.assign(claim, { refused: dropped });
}

interface SharedMember extends Member {
  checkKey(): Promise<void>;
  trouble(): Trouble | null;
  stop(): Promise<void>;
}

/**
 * One of thousands of workspaces, few of which have a running cycle; per-cycle objects are created on demand
 * to keep idle workspaces cheap.
 */
function createMember(
  workspace: WatchedWorkspace,
  options: SharedAppOptions & Pick<Outages, 'quiet'>,
  connections: Connections,
): SharedMember {
  const { served, logger, quiet, observer, requestTimeout, workerTimes } = options;
  const clock = served.time.now;
  const name = workspace.config.workspace;
  let lease: Lease = { workspace: 0, fencingToken: 0 };
  let active: ActiveWorkspace | null = null;
  let checkedAt: Instant = 0;
  let askedAt: Instant = 0;
  const activate = (): ActiveWorkspace =>
    createWorkspace({
      ...{ workspace, clock, requestTimeout, workerTimes, connections, observer: observer?.(name) },
      brokenRules: () => workspace.problem ?? null,
      logger: quiet(logger.child({ workspace: name })),
      store: () => leanStore(served, () => lease, clock),
      nextPoll: () => nextTime(workspace.config.poll.schedule, name, clock),
    });

  /** Periodic housekeeping: notifications and retention. */
  async function keepHouse({ notify, retain }: ActiveWorkspace): Promise<void> {
    if (clock() - checkedAt < MINUTE) return;
    checkedAt = clock();
    await notify();
    if (clock() - askedAt < HOUR) return;
    askedAt = clock();
    if (await isForgetfulDay(served, lease.workspace, clock())) await retain();
  }

  return {
    name,
    own: (next) => (lease = next),
    nextTurn: () => nextTime(workspace.config.poll.schedule, name, clock),
    async turn() {
      active ??= activate();
      try {
        const next = await active.cycle();
        await keepHouse(active);
        return next;
      } finally {
        await active.rest(0);
      }
    },
    async checkKey() {
      active ??= activate();
      try {
        await active.checkKey();
      } finally {
        await active.rest(0);
      }
    },
    trouble: () => active?.trouble() ?? null,
    stop: async () => active?.stop(0),
  };
}
