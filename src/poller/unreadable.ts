import type { UnreadableRow } from '../blotato/responses.js';
import { lateRefusalOf } from '../blotato/refusals.js';
import { type InboundEvent, isPlatform, type Platform } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import type { AccountConfig } from '../domain/config.js';
import type { NewEvent, PollStore } from '../store/ports/polls.js';
import type { Source, SourceRow } from './source.js';

export interface UnreadableParts {
  readonly store: PollStore;
  readonly apiNow: () => Instant;
  readonly onUnreadable?: (event: InboundEvent, detail: string) => void;
}

/** Events for unreadable rows, without those already journalled with the same problem. */
export async function unreadableEvents(
  source: Pick<Source, 'toUnreadable'>,
  rows: readonly UnreadableRow[],
  platforms: readonly Platform[],
  { store, apiNow, onUnreadable }: UnreadableParts,
): Promise<NewEvent[]> {
  const found: { event: InboundEvent; unreadable: string }[] = [];
  for (const row of rows) {
    const event = await source.toUnreadable(row, platforms, apiNow());
    if (event) found.push({ event, unreadable: faultOf(row) });
  }
  if (found.length === 0) return [];
  const known = await store.reasonsOf(found.map(({ event }) => event.id));
  const fresh = found.filter(({ event, unreadable }) => {
    const before = known.get(event.id);
    return before === undefined || (before.reason === 'unreadable' && before.detail !== unreadable);
  });
  for (const { event, unreadable } of fresh) onUnreadable?.(event, unreadable);
  return fresh.map((each) => ({ ...each, beforeStart: false }));
}

/** Formats the problem of a row, such as `createdAt is null`. */
export function faultOf({ field, problem }: Pick<UnreadableRow, 'field' | 'problem'>): string {
  return `${field === '' ? 'the row' : `\`${field}\``} ${problem}`;
}

/**
 * The event of an unreadable row. Its id is that of the row, or a hash of its content if it has none; its platform is
 * that of the row, else its account's, else the first that the list was requested for. Null if that is not ours.
 */
export function unreadableEvent(
  row: UnreadableRow,
  account: AccountConfig | null,
  place: Pick<InboundEvent, 'kind' | 'conversationId' | 'comment'>,
  { asked, now }: { readonly asked: readonly Platform[]; readonly now: Instant },
): InboundEvent | null {
  const stated = row.platform === '' ? null : row.platform;
  const platform = stated ?? account?.platform ?? asked[0];
  if (platform === undefined || !isPlatform(platform)) return null;
  const sourceId = row.id ?? `unreadable-${row.digest}`;
  return {
    ...{ ...place, id: `${place.kind}:${sourceId}`, sourceId, platform, account: account?.name ?? null },
    contact: { id: '', name: null, username: null },
    ...{ text: '', at: row.at ?? now, direction: 'unknown' },
  };
}

/** Statuses of our own sends in unreadable rows. */
export function deliveriesOf(
  rows: readonly UnreadableRow[],
  route: SourceRow['delivery']['route'],
): SourceRow['delivery'][] {
  return rows.flatMap(({ id, status, errorCode, errorMessage, conversationId }) => {
    if (id === null || status === null) return [];
    const refusal = lateRefusalOf({ errorCode, errorMessage });
    return [{ route, messageId: id, status, refusal, conversationId }];
  });
}
