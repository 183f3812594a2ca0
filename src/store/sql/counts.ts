import type { InboundEvent } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendState } from '../../domain/send.js';
import type { Count, OwnerStore } from '../ports/owner.js';
import type { SqlRunner, Work } from './sql-runner.js';

/** Labels of one decision or attempt. */
type Counted = Omit<Count, 'n'>;

/**
 * Adds to the counters, within the transaction of what is counted: one statement for each combination of labels.
 * The combinations are sorted, so that concurrent transactions lock them in the same order.
 */
export function counter(db: SqlRunner): (happened: readonly Counted[]) => Work<void> {
  const add = db.prepare(ADD);
  return function* (happened) {
    const sums = new Map<string, Count>();
    for (const each of happened) {
      const key = [each.metric, each.subject, each.platform, each.account, each.result].join(' ');
      sums.set(key, { ...each, n: (sums.get(key)?.n ?? 0) + 1 });
    }
    for (const [, sum] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) yield* add.run(sum);
  };
}

/** The counters of a workspace. */
export function counts(db: SqlRunner): Pick<OwnerStore, 'counts'> {
  const all = db.prepare<Count>('select metric, subject, platform, account, result, n from counts');
  return {
    counts: db.reads(() => all.all()),
  };
}

export function decisionOf({ kind, platform, account }: InboundEvent, reason: Reason): Counted {
  return { metric: 'decision', subject: kind, platform, account: account ?? '', result: reason };
}

export function attemptOf(
  { action, platform, account }: Pick<Send, 'action' | 'platform' | 'account'>,
  state: SendState,
): Counted {
  return { metric: 'attempt', subject: action, platform, account, result: state };
}

const ADD = `
insert into counts (metric, subject, platform, account, result, n)
values (@metric, @subject, @platform, @account, @result, @n)
on conflict (metric, subject, platform, account, result) do update set n = counts.n + excluded.n`;
