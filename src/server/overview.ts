import { emptyAt } from '../actions/outbox/forecast.js';
import { type Block, EVERY_ACCOUNT } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import type { Instant } from '../domain/time.js';
import type { HeldEvent, ListedAccount, PollStore } from '../store/ports/polls.js';
import type { QueueState, OwnerStore } from '../store/ports/owner.js';
import type { OutboxStore } from '../store/ports/outbox.js';

export type OverviewStore = OwnerStore & OutboxStore & PollStore;

/** The queue of sends, with the causes of delays and its expected end. */
export interface Overview {
  readonly queue: QueueState;
  readonly blocks: readonly Block[];
  /** Configured accounts that Blotato no longer lists. */
  readonly lost: readonly ListedAccount[];
  /** Messages that wait for a conversation or an account that could not be read. */
  readonly held: readonly HeldEvent[];
  /** Time when the queue will be empty; null if nothing waits, or in shadow mode. */
  readonly emptyAt: Instant | null;
}

/** Maximum number of held messages read. */
const MOST_HELD = 1_000;

/**
 * Reads the state of the outbox; `emptyAt` is computed from the budgets of the configuration, and null without
 * one.
 */
export async function overview(
  store: OverviewStore,
  config: Pick<Config, 'throttle' | 'mode'> | null,
  now: Instant,
): Promise<Overview> {
  const [queue, blocks] = [await store.queue(now), await store.blocks()];
  const lost = (await store.listedAccounts()).filter(({ missingSince }) => missingSince !== null);
  const held = await store.held(MOST_HELD);
  const isBlocked = (account: string) =>
    blocks.some((each) => each.account === account || each.account === EVERY_ACCOUNT);
  const leaving = queue.waiting.filter(({ account }) => !isBlocked(account));
  const isMoving = leaving.length > 0 && config !== null && config.mode !== 'shadow';
  const end = isMoving ? emptyAt({ ...queue, waiting: leaving }, budgetOf(config), now) : null;
  return { queue, blocks, lost, held, emptyAt: end };
}

function budgetOf({ throttle }: Pick<Config, 'throttle'>): Parameters<typeof emptyAt>[1] {
  return { perMinute: throttle.sendsPerMinute, perHourPerAccount: throttle.sendsPerHourPerAccount };
}

/** Number of waiting sends of the account; EVERY_ACCOUNT for all of them. */
export function waitingOf({ waiting }: QueueState, account: string): number {
  return waiting
    .filter((each) => account === EVERY_ACCOUNT || each.account === account)
    .reduce((sum, { n }) => sum + n, 0);
}
