import { setImmediate as turn } from 'node:timers/promises';
import type { InboundEvent } from '../domain/event.js';
import type { Reason } from '../domain/reason.js';
import type { Instant } from '../domain/time.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import type { DecidedEvent, Label, LabelStore } from '../store/ports/labels.js';
import { isMeasured } from './suggest.js';

/** Reasons of messages that no rule answered. */
const UNANSWERED: readonly Reason[] = ['no_match', 'unsure', 'ambiguous'];
const PAGE = 500;

/** Texts of the journal that proposals and judgements are made from. */
export interface JournalTexts {
  /** All messages whose texts are kept. */
  readonly all: readonly InboundEvent[];
  readonly unanswered: readonly InboundEvent[];
  /** Messages of the last 30 days, oldest first. */
  readonly recent: readonly InboundEvent[];
  readonly labels: readonly Label[];
}

export interface TextsWanted {
  readonly now: Instant;
  /** Unanswered messages are wanted since this time. */
  readonly since: Instant;
}

/** Messages of contacts whose texts are kept; those that nothing answered since `since`. */
export async function readTexts(store: LabelStore, { now, since }: TextsWanted): Promise<JournalTexts> {
  const unanswered: InboundEvent[] = [];
  const recent: InboundEvent[] = [];
  const all: InboundEvent[] = [];
  for (let after = 0, isWhole = false; !isWhole;) {
    const rows = await store.decidedTexts({ limit: PAGE, since: 0, after });
    isWhole = rows.length < PAGE;
    after = rows.at(-1)?.seq ?? after;
    for (const { event, reason } of rows) {
      all.push(event);
      if (UNANSWERED.includes(reason) && event.at >= since) unanswered.push(event);
      if (isMeasured(event, now)) recent.push(event);
    }
    // Yields, so that a running program continues meanwhile: an embedded store reads in its thread.
    await turn();
  }
  return { all, unanswered, recent: recent.toSorted(byTime), labels: await store.labels() };
}

/** At most `limit` messages of each kind, the latest since `since`. */
export async function readLatestTexts(
  store: LabelStore,
  { since, limit }: { readonly since: Instant; readonly limit: number },
): Promise<JournalTexts> {
  const latest = async (reason?: Reason): Promise<readonly DecidedEvent[]> =>
    store.latestTexts({ limit, since, ...(reason && { reason }) });
  const all = eventsOf(await latest());
  const open = (await Promise.all(UNANSWERED.map(latest))).flat();
  const unanswered = eventsOf(open.toSorted((a, b) => b.seq - a.seq).slice(0, limit));
  return { all, unanswered, recent: all.toSorted(byTime), labels: await store.labels() };
}

/** The events of rows that have the newest first, in the order in which they were read. */
function eventsOf(rows: readonly DecidedEvent[]): readonly InboundEvent[] {
  return rows.map(({ event }) => event).reverse();
}

function byTime(a: InboundEvent, b: InboundEvent): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

/** The words of labelled messages: they are no examples, so that they can judge the rules. */
export function sealedWords(labels: readonly Pick<Label, 'text'>[]): ReadonlySet<string> {
  return new Set(labels.map(({ text }) => comparedWords(text).join(' ')));
}
