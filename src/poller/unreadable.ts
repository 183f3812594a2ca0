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

/** The journal's key of a row: its id, or a hash of its content if it has none. */
export function unreadableIdOf({ id, digest }: UnreadableRow): string {
  return id ?? `unreadable-${digest}`;
}

/**
 * The platform of the row, else its account's, else the first that the list was requested for; null if not
 * ours.
 */
export function platformOf(
  { platform }: UnreadableRow,
  account: AccountConfig | null,
  asked: readonly Platform[],
): Platform | null {
  if (platform !== null && platform !== '') return isPlatform(platform) ? platform : null;
  return account?.platform ?? asked[0] ?? null;
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
