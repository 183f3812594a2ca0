import type { AccountConfig } from '../domain/config.js';
import type { Direction } from '../domain/event.js';

/** Evidence of the author of a row. */
export interface Authorship {
  /** Stated by the API itself, in newer responses; null if absent. */
  readonly stated: 'incoming' | 'outgoing' | null;
  readonly senderId: string | null;
  readonly recipientId: string | null;
  readonly status: string;
  /** True if one of our sends has this id. */
  readonly isOwnSend: boolean;
}

/** Statuses that only outgoing rows have: nothing comes in queued, half processed or failed. */
const OUTGOING_STATUS: ReadonlySet<string> = new Set(['queued', 'processing', 'failed']);

/**
 * The direction of a row. Evidence for the account takes precedence over evidence for the contact: mistaking
 * a message of the account for the contact's would make the program talk to itself. `ownIds` are the platform
 * ids that the account is known to write under. Without evidence the result is `unknown`, and nothing is
 * sent.
 */
export function directionOf(row: Authorship, ownIds: ReadonlySet<string>): Direction {
  const { stated, senderId, recipientId, status, isOwnSend } = row;
  if (isOwnSend || stated === 'outgoing' || OUTGOING_STATUS.has(status)) return 'outgoing';
  if (senderId !== null && ownIds.has(senderId)) return 'outgoing';
  if (stated === 'incoming') return 'incoming';
  if (senderId === null) return 'unknown';
  if (recipientId !== null && ownIds.has(recipientId)) return 'incoming';
  return 'unknown';
}

/**
 * The direction of a comment: it has an author but no recipient, so knowing our own ids is sufficient to
 * recognise another author.
 */
export function commentDirectionOf(row: Authorship, ownIds: ReadonlySet<string>): Direction {
  const direction = directionOf(row, ownIds);
  if (direction !== 'unknown' || row.senderId === null) return direction;
  return ownIds.size > 0 ? 'incoming' : 'unknown';
}

/** The ids in the configuration, and the participant with the account's own username. */
export function configuredIds(
  account: AccountConfig,
  username: string | null,
  participants: readonly { readonly id: string | null; readonly username: string | null }[],
): ReadonlySet<string> {
  const ids = new Set([account.nativeId, account.pageId].filter((id) => id !== null));
  // An empty username does not count: two people without one are not the same.
  const own = username === '' ? undefined : username?.toLowerCase();
  for (const { id, username: name } of participants) {
    if (own !== undefined && id !== null && name?.toLowerCase() === own) ids.add(id);
  }
  return ids;
}
