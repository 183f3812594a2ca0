import { setImmediate as untilIdle } from 'node:timers/promises';
import type { Config } from '../domain/config.js';
import type { InboundEvent } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import { count, say } from './output.js';
import type { ReplayedEvent } from './replayed-event.js';
import type { HandStore } from '../store/ports/hand.js';
import type { JournalStore } from '../store/ports/journal.js';
import type { PollStore } from '../store/ports/polls.js';

const PAGE = 1_000;

/**
 * The events of the journal since a time, oldest first, each decided at its own time. Leaves out events that
 * cannot be decided again: those with deleted texts, those from before the first start, and our own sends,
 * which the replay generates itself.
 */
export async function* eventsOfJournal(
  store: JournalStore & PollStore & HandStore,
  config: Config,
  since: Instant,
): AsyncGenerator<readonly ReplayedEvent[]> {
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  let leftOut = 0;
  let last = { at: since, id: '' };
  for (let isWhole = false; !isWhole;) {
    const rows = await store.eventsAfter(last, PAGE);
    isWhole = rows.length < PAGE;
    last = rows.at(-1)?.event ?? last;
    const kept = await withoutOurs(store, rows);
    const fit = kept.filter((row) => !isUnfit(row));
    leftOut += kept.length - fit.length;
    yield fit.map(({ event }) => ({ id: event.id, event, accounts }));
    // SQLite answers at once, and output is written only between two iterations of the event loop.
    await untilIdle();
  }
  if (leftOut > 0) say(`${count(leftOut, 'event')} left out: deleted texts, or from before the first start`);
}

type Row = Awaited<ReturnType<JournalStore['eventsAfter']>>[number];

function isUnfit({ event, reason }: Row): boolean {
  return reason === 'too_old' || (event.text === '' && reason !== null);
}

/**
 * Leaves out our own sends, which would look as if a human had written. Replies by hand are ours as well, and
 * stay: a human did write them.
 */
async function withoutOurs(
  store: JournalStore & PollStore & HandStore,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const outgoing = rows.filter(({ event }) => event.direction === 'outgoing').map(({ event }) => event);
  if (outgoing.length === 0) return rows;
  const idsOf = (kind: InboundEvent['kind']) =>
    outgoing.filter((event) => event.kind === kind).map((event) => event.sourceId);
  const messages = await store.isOwnSend('POST /v2/messages', idsOf('message'));
  const comments = await store.isOwnSend('POST /v2/comments', idsOf('comment'));
  const writers = await store.writersOf(outgoing.map(({ id }) => id));
  return rows.filter(({ event }) => {
    const ours = event.kind === 'message' ? messages : comments;
    return !ours.has(event.sourceId) || event.direction !== 'outgoing' || writers.get(event.id) === 'human';
  });
}
