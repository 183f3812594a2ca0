import { setFlagsFromString } from 'node:v8';
import { NoResponseError } from '../blotato/errors.js';
import { type Connections, openConnections } from '../blotato/exchange.js';
import { customerOf } from '../domain/customer.js';
import { LIMITS } from '../domain/limits.js';
import type { Trouble } from '../domain/health.js';
import type { Observer } from '../domain/observer.js';
import { type Instant, type Millis, SECOND } from '../domain/time.js';
import { WORKER_TIMES, type WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import { nextTime } from '../poller/schedule.js';
import type { Workspace } from '../project/project.js';
import type { RulesState } from '../project/reload.js';
import type { PgStore } from '../store/postgres/open.js';
import type { Lease } from '../store/postgres/server.js';
import { claimWorkspaces } from '../store/postgres/customers.js';
import { leanStore, acquireLease } from '../store/postgres/store.js';
import { createClockWatch } from '../workers/clock-watch.js';
import { nameWorker } from '../workers/heartbeats.js';
import { createFairShare, type FairShare } from '../workers/fair-share.js';
import { createOutages, type Outages } from '../workers/outages.js';
import { untilReached } from '../workers/until-reached.js';
import { watchUnserved } from '../workers/unserved-watch.js';
import type { Member } from '../workers/turns.js';
import { startWorkers, type Workers } from '../workers/workers.js';
import { type Aside, createAside, createHousekeeping } from './housekeeping.js';
import { type ActiveWorkspace, createWorkspace } from './workspace.js';

/** A workspace of a running program. */
export interface WatchedWorkspace extends Workspace {
  /** Errors that keep newer rules from being activated. @default none */
  readonly problem?: RulesState['problem'];
  /** True while the configuration has it no more. @default false */
  readonly isRemoved?: boolean;
}

export interface SharedAppOptions {
  readonly served: PgStore;
  readonly workspaces: readonly WatchedWorkspace[];
  readonly logger: Logger;
  /** Workspaces, keyed by name. */
  readonly observer?: (workspace: string) => Observer;
  /** Maximum number of workspaces with a running cycle. @default 10 */
  readonly concurrency?: number;
  /** Timeout of one request to the API. @default LIMITS.requestTimeout */
  readonly requestTimeout?: Millis;
  /** Heartbeat times of the worker. @default WORKER_TIMES */
  readonly workerTimes?: WorkerTimes | undefined;
  /**
   * Called for a workspace that is not served because it belongs to another customer in the store. @default
   * only a log message
   */
  readonly onRefused?: (workspace: string, why: string) => void;
}

/** From this number of workspaces on, memory counts more than the time of collecting garbage. */
const MANY_WORKSPACES = 2_000;
/** Growth of the heap until it is collected, in percent. Node lets it grow fourfold, to 1.4 GB with 25,000 workspaces. */
const HEAP_GROWTH = 100;
/** Interval of the check for cycles that hang. */
const CHECK_EVERY: Millis = 250;
/**
 * Limits of a cycle: cycles are short, so that a workspace with a backlog keeps reading its lists, and others
 * are not delayed.
 */
const MOST_PER_CYCLE = { decisions: 32, sends: 25, time: 4 * SECOND };
/** A workspace whose API hangs is retried after this long, plus up to a half. */
const HUNG_AGAIN: Millis = 4 * SECOND;

/**
 * A worker: runs the workspaces of a database, together with other workers. It uses the clock of the database.
 */
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
  /** Names of the workspaces that belong to another customer; nothing of them is read or sent. */
  refused(): readonly string[];
  stop(): Promise<void>;
}

/** Schedules workspaces by the queue shared by the workers of a database. */
export function createSharedApp(options: SharedAppOptions): SharedApp {
  const { served, workspaces, logger, concurrency = 10 } = options;
  const outages = createOutages(served, logger);
  const connections = openConnections(options.requestTimeout ?? LIMITS.requestTimeout);
  const share = createFairShare({ turns: concurrency, clock: served.time.now });
  const aside = createAside();
  const shared = { ...options, connections, share, aside, quiet: outages.quiet };
  const members = new Map(workspaces.map((each) => [each.config.workspace, createMember(each, shared)]));
  const watch = createClockWatch(served, logger);
  let workers: Workers | null = null;
  let unserved: ReturnType<typeof watchUnserved> | null = null;
  const claim = createClaim(options, members);
  let checking: NodeJS.Timeout | undefined;
  const over = new AbortController();
  const patiently = <T>(work: () => Promise<T>) => untilReached(work, { stopping: over.signal });
  const each: Each = async (work) => {
    await watch.start();
    const ids = await claim(null);
    for (const [name, member] of members) {
      member.own(await acquireLease(served, ids.get(name) ?? 0, 'once'));
      await work(member);
    }
  };
  return {
    async start() {
      if (workspaces.length >= MANY_WORKSPACES) setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
      const id = nameWorker();
      const ids = await patiently(async () => {
        await watch.start();
        return claim(id);
      });
      checking = setInterval(share.check, CHECK_EVERY);
      const shares = new Map([...members].map(([name, member]) => [ids.get(name) ?? 0, member]));
      workers = await patiently(() =>
        startWorkers({
          ...{ id, members: shares, served, watch, concurrency },
          logger: outages.quiet(logger),
          ...{ times: options.workerTimes, isIdle: outages.isGone },
        }),
      );
      const { heartbeatTimeout: timeout } = options.workerTimes ?? WORKER_TIMES;
      unserved = watchUnserved({ served, timeout, logger: outages.quiet(logger) });
    },
    once: () => onceBy(each, members),
    checkKeys: () => checkKeysBy(each, () => members.size),
    trouble: (workspace) => members.get(workspace)?.trouble() ?? null,
    refused: () => [...claim.refused],
    async stop() {
      outages.stop();
      over.abort();
      // The members are stopped in parallel: a cycle that waits for a hanging API ends only when its member
      // is stopped.
      const ending = [workers?.stop(), unserved?.stop(), aside.stop()];
      await Promise.all([...ending, ...[...members.values()].map((member) => member.stop())]);
      clearInterval(checking);
      await connections.close();
    },
  };
}

type Each = (work: (member: SharedMember) => Promise<unknown>) => Promise<void>;

/** Links are checked last, so that no send waits for them. */
async function onceBy(each: Each, members: ReadonlyMap<string, SharedMember>): Promise<void> {
  await each((member) => member.once());
  for (const member of members.values()) await member.checkLinks();
}

/** Checks the keys of all members. Throws if the API refuses each of them; the others log the refusal. */
async function checkKeysBy(each: Each, size: () => number): Promise<void> {
  const refusals: unknown[] = [];
  await each((member) => member.checkKey().catch((error: unknown) => refusals.push(error)));
  if (refusals.length === size() && refusals.length > 0) throw refusals[0];
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
        'a workspace is not served, because it belongs to another customer',
      );
      onRefused?.(name, message);
    }
    return ids;
  };
  return Object.assign(claim, { refused: dropped });
}

interface SharedMember extends Member {
  /** Runs one cycle without a limit on decisions and sends. */
  once(): Promise<void>;
  checkKey(): Promise<void>;
  checkLinks(): Promise<void>;
  trouble(): Trouble | null;
  stop(): Promise<void>;
}

/** Dependencies that the members of a worker share. */
interface Shared extends Pick<Outages, 'quiet'> {
  readonly connections: Connections;
  readonly share: FairShare;
  readonly aside: Aside;
}

/**
 * One of thousands of workspaces, few of which have a running cycle; per-cycle objects are created on demand
 * to keep idle workspaces cheap.
 */
function createMember(workspace: WatchedWorkspace, options: SharedAppOptions & Shared): SharedMember {
  const { served, logger, quiet, observer, requestTimeout, workerTimes, connections, share, aside } = options;
  const clock = served.time.now;
  const name = workspace.config.workspace;
  let lease: Lease = { workspace: 0, fencingToken: 0 };
  let active: ActiveWorkspace | null = null;
  const pruned = { at: -Infinity };
  let isStopped = false;
  const activate = (mostPerCycle?: typeof MOST_PER_CYCLE): ActiveWorkspace =>
    createWorkspace({
      ...{ workspace, clock, requestTimeout, workerTimes, connections, mostPerCycle },
      brokenRules: () => workspace.problem ?? null,
      observer: observer?.(name),
      logger: quiet(logger.child({ workspace: name })),
      store: () => leanStore(served, () => lease, clock, pruned),
      besideStore: () => leanStore(served, () => ({ ...lease, fencingToken: null }), clock),
      nextPoll: () => nextTime(workspace.config.poll.schedule, name, clock),
    });

  const keepHouse = createHousekeeping({ name, served, lease: () => lease, aside });
  async function cycle(mine: ActiveWorkspace): Promise<Instant> {
    const next = await mine.cycle();
    await keepHouse(mine);
    return next;
  }

  return {
    name,
    own: (next) => (lease = next),
    isServed: () => workspace.isRemoved !== true,
    nextTurn: () => nextTime(workspace.config.poll.schedule, name, clock),
    async turn() {
      if (isStopped) return clock();
      if (!share.mayBegin(name)) return clock() + hungAgain();
      const mine = (active ??= activate(MOST_PER_CYCLE));
      const place = share.begin(name, {
        silentSince: mine.silentSince,
        cut: () => void mine.rest(requestTimeout ?? LIMITS.requestTimeout, hung()).catch(() => undefined),
      });
      try {
        const next = await resting(mine, cycle);
        return place.wasCut() ? Math.max(next, clock() + hungAgain()) : next;
      } finally {
        place.end();
      }
    },
    trouble: () => active?.trouble() ?? null,
    once: () => resting((active ??= activate()), cycle).then(() => undefined),
    checkKey: () => resting((active ??= activate()), (mine) => mine.checkKey()),
    checkLinks: () => (active ??= activate()).checkLinks(),
    async stop() {
      isStopped = true;
      await active?.stop(LIMITS.shutdown * 0.8);
    },
  };
}

/** Runs `work` on a workspace, and afterwards frees everything that only a cycle needs. */
async function resting<T>(mine: ActiveWorkspace, work: (mine: ActiveWorkspace) => Promise<T>): Promise<T> {
  try {
    return await work(mine);
  } finally {
    await mine.rest(0);
  }
}

/**
 * Wait before the retry of a workspace whose API hangs; random, so that not all of them are retried at once.
 */
function hungAgain(): Millis {
  return Math.round(HUNG_AGAIN * (1 + Math.random() / 2));
}

function hung(): NoResponseError {
  const why = 'no response for 2 s, and too many other APIs hang as well';
  return new NoResponseError('a read', true, why);
}
