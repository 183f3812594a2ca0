import { groupBy } from '../../domain/group.js';
import { LIMITS } from '../../domain/limits.js';
import { HOUR, type Instant, MINUTE, type Millis } from '../../domain/time.js';
import type { SendBudget } from '../../store/ports/outbox.js';
import type { QueueState } from '../../store/ports/owner.js';

type Budget = Pick<SendBudget, 'perMinute' | 'perHourPerAccount'>;
type Waiting = QueueState['waiting'][number];

/**
 * Time when the queue will be empty, from the budgets alone: no new sends, and no failures. Simulates the
 * budgets as the outbox applies them: a simple division is up to a quarter too early where accounts share a
 * minute and have hours of their own (3,000 random queues). `now` if the queue is empty.
 */
export function emptyAt(queue: QueueState, budget: Budget, now: Instant): Instant {
  const attempts = groupBy(queue.attempts, ({ account }) => account);
  const hours = new Map([...attempts].map(([account, made]) => [account, made.map(({ at }) => at)]));
  const routes = [...new Set(queue.waiting.map(({ route }) => route))];
  const ends = routes.map((route) => {
    const calls = queue.calls.filter((call) => call.route === route).map(({ at }) => at);
    const lines = queue.waiting.filter((each) => each.route === route);
    return routeEmptyAt(lines, { calls, hours, budget, now });
  });
  // The routes of an account share its hourly budget; simulating them one after the other is at most slightly
  // pessimistic.
  return Math.max(now, ...ends, ...queue.waiting.map(({ latestAt }) => latestAt));
}

interface Play {
  readonly calls: readonly Instant[];
  /** Times of the sends in the last hour, keyed by account. Each simulated send is added. */
  readonly hours: Map<string, Instant[]>;
  readonly budget: Budget;
  readonly now: Instant;
}

function routeEmptyAt(lines: readonly Waiting[], { calls, hours, budget, now }: Play): Instant {
  const left = new Map(lines.map(({ account, n }) => [account, n]));
  const made = [...calls];
  const accountFreeAt = (account: string) => freeAt(hours.get(account) ?? [], budget.perHourPerAccount, HOUR);
  let at = now;
  while (left.size > 0) {
    const soonest = Math.min(...[...left.keys()].map((each) => accountFreeAt(each)));
    at = Math.max(now, freeAt(made, budget.perMinute, MINUTE + LIMITS.minuteMargin), soonest);
    const free = [...left.keys()].filter((each) => accountFreeAt(each) <= at);
    const account = leastBusy(free, hours, at);
    made.push(at);
    const hour = hours.get(account) ?? [];
    hour.push(at);
    hours.set(account, hour);
    const rest = (left.get(account) ?? 1) - 1;
    if (rest === 0) left.delete(account);
    else left.set(account, rest);
  }
  return at;
}

/** Picks the same account as the claim does: the account with the fewest sends in the last minute. */
function leastBusy(
  accounts: readonly string[],
  hours: ReadonlyMap<string, readonly Instant[]>,
  at: Instant,
): string {
  const counts = accounts.map((account) => {
    const times = hours.get(account) ?? [];
    return { account, n: times.length - 1 - times.findLastIndex((each) => each <= at - MINUTE) };
  });
  return counts.reduce((least, each) => (each.n < least.n ? each : least)).account;
}

/** Time when a sliding window allows one more; -Infinity if at any time. */
function freeAt(made: readonly Instant[], most: number, window: Millis): Instant {
  return (made.at(-most) ?? -Infinity) + window;
}
