import type { AccountConfig } from '../domain/config.js';
import type { Direction } from '../domain/event.js';

/** What tells who wrote a row. */
export interface Authorship {
  /** What the API says itself, in its newer answers; null when it says nothing. */
  readonly stated: 'incoming' | 'outgoing' | null;
  readonly senderId: string | null;
  readonly recipientId: string | null;
  readonly status: string;
  /** A send of ours has this id. */
  readonly isOwnSend: boolean;
}

/** A status that only what the account sends can have: nothing comes in queued, half processed or failed. */
const OUTGOING_STATUS: ReadonlySet<string> = new Set(['queued', 'processing', 'failed']);

/**
 * Who wrote a row. Whatever says that it was the account wins over whatever says that it was the contact: taking a
 * message of the account for the contact's would make us talk to ourselves. `ownIds` are the platform ids under which
 * the account is known to write. With nothing to go by, the answer is `unknown`, and nothing is sent.
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

/** Who wrote a comment: a comment has an author but no recipient, so knowing our own ids is enough to tell another's. */
export function commentDirectionOf(row: Authorship, ownIds: ReadonlySet<string>): Direction {
  const direction = directionOf(row, ownIds);
  if (direction !== 'unknown' || row.senderId === null) return direction;
  return ownIds.size > 0 ? 'incoming' : 'unknown';
}

/** The ids that the configuration gives, and the participant whose username is the account's own. */
export function configuredIds(
  account: AccountConfig,
  username: string | null,
  participants: readonly { readonly id: string | null; readonly username: string | null }[],
): ReadonlySet<string> {
  const ids = new Set([account.nativeId, account.pageId].filter((id) => id !== null));
  // An empty username is none: two people without one are not the same.
  const own = username === '' ? undefined : username?.toLowerCase();
  for (const { id, username: name } of participants) {
    if (own !== undefined && id !== null && name?.toLowerCase() === own) ids.add(id);
  }
  return ids;
}
