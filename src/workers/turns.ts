import { type Instant, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import type { Lease } from '../store/postgres/server.js';
import { acquireLease, holdsLease } from '../store/postgres/store.js';
import { StoreError } from '../store/store-error.js';

/** What a worker does for one workspace. */
export interface Member {
  readonly name: string;
  /** One turn, as the owner of the workspace. Returns when the next is due. */
  turn(): Promise<Instant>;
  /** When its next turn is due at the latest, by its schedule. */
  nextTurn(): Instant;
  /** Whose store it works on: set before each turn. */
  own(lease: Lease): void;
}

export interface TurnsOptions {
  readonly served: PgStore;
  /** By the id of the workspace. */
  readonly members: ReadonlyMap<number, Member>;
  /** The owner that leases name. */
  readonly owner: string;
  readonly logger: Logger;
}

/** How soon a turn that failed is tried again. */
const TRY_AGAIN = 5 * SECOND;

/** Does a workspace's turn. Returns when the next is due; null if the workspace is unknown here. */
export function createTurns(options: TurnsOptions): (workspace: number) => Promise<Instant | null> {
  const running = new Map<number, Promise<Instant>>();
  return async (workspace) => {
    const member = options.members.get(workspace);
    if (!member) return null;
    // A turn of ours that was taken for dead may still be under way: with the new token it would not be refused.
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
  try {
    const lease = await acquireLease(served, workspace, owner);
    member.own(lease);
    const next = await member.turn();
    // Who took it over puts its job back; only one that nobody has in hand is still ours.
    return (await holdsLease(served, lease)) ? next : served.time.now() + TRY_AGAIN;
  } catch (error) {
    const isFenced = error instanceof StoreError && error.code === 'fenced';
    if (!isFenced) logger.error({ err: error, workspace: member.name }, 'a turn failed; it is tried again');
    return served.time.now() + TRY_AGAIN;
  }
}
