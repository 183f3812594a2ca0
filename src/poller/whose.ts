/** Finds the account, the contact and the author of messages. */
import type { AccountConfig } from '../domain/config.js';
import type { Contact, InboundEvent } from '../domain/event.js';
import type { ResolveParts } from './conversations.js';
import { configuredIds, directionOf } from './direction.js';
import type { OwnIds } from './own-ids.js';
import { isSibling } from './sibling.js';
import type { SourceParts } from './source.js';
import type { HeldRow, KnownConversation } from '../store/ports/polls.js';

export type MessageParts = ResolveParts;

/** Facts that identify the author of a message. */
export interface WhoseParts extends Pick<SourceParts, 'accounts' | 'usernameOf'> {
  readonly store: OwnIds;
}

export type Whose = Pick<InboundEvent, 'account' | 'contact' | 'direction'>;

/** The author and the account of a message in a known conversation. Null if its account is not configured. */
export async function whoseIs(
  row: HeldRow,
  isOwnSend: boolean,
  conversation: KnownConversation,
  parts: WhoseParts,
): Promise<Whose | null> {
  const account = parts.accounts.get(conversation.accountId);
  if (!account) return null;
  const { senderId, recipientId } = row;
  const ownIds = await idsOf(account, conversation, parts);
  const isOurs = isOwnSend || (!ownIds.has(senderId ?? '') && (await isSibling(senderId, account, parts)));
  const direction = directionOf({ ...row, isOwnSend: isOurs }, ownIds);
  if (isOwnSend && senderId !== null) await parts.store.saveOwnId(account.name, senderId);
  const stated = direction === 'outgoing' ? recipientId : (senderId ?? '');
  const contactId = stated === '' ? otherOf(conversation, ownIds) : stated;
  return { account: account.name, contact: contactOf(contactId, conversation), direction };
}

/** True if the account's username, which is not known yet, may still identify the author. */
export function mayBeKnownLater(
  { direction }: Whose,
  { accountId }: KnownConversation,
  { isListed }: Pick<SourceParts, 'isListed'>,
): boolean {
  return direction === 'unknown' && isListed?.(accountId) === false;
}

async function idsOf(
  account: AccountConfig,
  conversation: KnownConversation,
  { store, usernameOf }: WhoseParts,
): Promise<ReadonlySet<string>> {
  const configured = configuredIds(account, usernameOf(account.id), conversation.participants);
  return new Set([...configured, ...(await store.ownIds(account.name))]);
}

/** The only participant who is not the account; '' if not certain. */
function otherOf({ participants }: KnownConversation, ownIds: ReadonlySet<string>): string {
  const others = participants.filter(({ id }) => id !== null && !ownIds.has(id));
  // One of two participants may be the account itself under an unknown id, so neither is certainly the
  // contact.
  return others.length === 1 ? (others[0]?.id ?? '') : '';
}

/**
 * Direction of a message without a conversation: its account is unknown, unless the row itself states that
 * the account wrote the message.
 */
export function withoutAccount(row: HeldRow, isOwnSend: boolean): Whose {
  const isOwn = directionOf({ ...row, isOwnSend }, new Set()) === 'outgoing';
  const contactId = isOwn ? row.recipientId : (row.senderId ?? row.recipientId);
  return {
    account: null,
    contact: { id: contactId, name: null, username: null },
    direction: isOwn ? 'outgoing' : 'unknown',
  };
}

function contactOf(id: string, { participants }: KnownConversation): Contact {
  const person = participants.find((each) => each.id === id);
  return { id, name: person?.name ?? null, username: person?.username ?? null };
}
