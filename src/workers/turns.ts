import { type Instant, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import type { Lease } from '../store/postgres/server.js';
import { acquireLease, holdsLease } from '../store/postgres/store.js';
import { StoreError } from '../store/ports/store-error.js';

/** A workspace as run by a worker. */
export interface Member {
  readonly name: string;
  /** Runs one cycle of the workspace, with its lease. Returns the time of the next one. */
  turn(): Promise<Instant>;
  /** Latest time of the workspace's next cycle, by its schedule. */
  nextTurn(): Instant;
  /** False if its configuration was removed; then it is left to workers that have one. */
  isServed(): boolean;
  /** Sets the lease for the store; called before each cycle. */
  own(lease: Lease): void;
}

export interface TurnsOptions {
  readonly served: PgStore;
  /** Workspaces, keyed by id. */
  readonly members: ReadonlyMap<number, Member>;
  /** Id of this worker, which is recorded in leases. */
  readonly owner: string;
  readonly logger: Logger;
}

/** Wait before the retry of a failed cycle. */
const TRY_AGAIN = 5 * SECOND;

/**
 * Runs a workspace's cycle. Returns the time of the next one; null if this worker does not serve the
 * workspace.
 */
export function createTurns(options: TurnsOptions): (workspace: number) => Promise<Instant | null> {
  const running = new Map<number, Promise<Instant>>();
  return async (workspace) => {
    const member = options.members.get(workspace);
    if (!member?.isServed()) return null;
    // An earlier cycle of this process that was presumed dead may still be running: with the new fencing
    // token its writes would not be refused.
    for (let before = running.get(workspace); before; before = running.get(workspace)) await before;
    const mine = turn(options, workspace, member).finally(() => running.delete(workspace));
    running.set(workspace, mine);
    return mine;
  };
}

async function turn(
  { served, owner, logger }: TurnsOptions,
  workspace: number,
  member: Member,
): Promise<Instant> {
  const again = (): Instant => served.time.now() + TRY_AGAIN;
  const lost = (): Instant => {
    logger.warn({ workspace: member.name }, 'another worker has acquired the workspace; this cycle ended');
    return again();
  };
  try {
    const lease = await acquireLease(served, workspace, owner);
    member.own(lease);
    const next = await member.turn();
    // If another worker has acquired the lease, that worker puts the job back. Otherwise the job still
    // belongs to this worker.
    return (await holdsLease(served, lease)) ? next : lost();
  } catch (error) {
    if (error instanceof StoreError && error.code === 'fenced') return lost();
    logger.error({ err: error, workspace: member.name }, 'cycle failed; will retry');
    return again();
  }
}
