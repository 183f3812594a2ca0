import type { ApiConversation, ApiMessage } from '../blotato/schemas.js';
import { BlotatoError } from '../blotato/errors.js';
import { lateRefusalOf } from '../blotato/refusals.js';
import type { AccountConfig } from '../domain/config.js';
import { type Contact, type InboundEvent, isPlatform, type Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { configuredIds, directionOf } from './direction.js';
import type { Source, SourceParts, SourceRow } from './source.js';
import type { NewEvent, KnownConversation } from '../store/ports/polls.js';

interface MessageRow extends SourceRow {
  readonly message: ApiMessage;
}

/** Direct messages. A message names its conversation, and the conversation its account. */
export function messageSource(parts: SourceParts): Source<MessageRow> {
  const { store, client } = parts;
  return {
    resource: 'messages',
    kind: 'message',
    async page(platforms, pageToken, signal) {
      const page = await client.listMessages(
        { platforms, limit: LIMITS.pageSize, ...(pageToken === null ? {} : { pageToken }) },
        signal,
      );
      return { rows: page.items.map(toRow), pageToken: page.pageToken };
    },
    async toEvents(rows, isBeforeStart, signal) {
      const ids = rows.flatMap(({ message }) =>
        message.conversationId === null ? [] : [message.conversationId],
      );
      const conversations = await resolveConversations([...new Set(ids)], parts, signal);
      const own = await store.isOwnSend(
        'POST /v2/messages',
        rows.map((row) => row.id),
      );
      const events: NewEvent[] = [];
      for (const row of rows) {
        const event = await toEvent(row.message, own.has(row.id), conversations, parts);
        if (event) events.push({ event, beforeStart: isBeforeStart(row) });
      }
      return events;
    },
  };
}

function toRow(message: ApiMessage): MessageRow {
  const { id, platform, at, status, conversationId, errorCode, errorMessage } = message;
  const refusal = lateRefusalOf({ errorCode, errorMessage });
  return {
    id,
    platform,
    at,
    message,
    delivery: { route: 'POST /v2/messages', messageId: id, status, refusal, conversationId },
  };
}

/** Null for a message of an account that is not configured, or of a platform that this release does not know. */
async function toEvent(
  message: ApiMessage,
  isOwnSend: boolean,
  conversations: ReadonlyMap<string, KnownConversation>,
  parts: SourceParts,
): Promise<InboundEvent | null> {
  if (!isPlatform(message.platform)) return null;
  const conversation =
    message.conversationId === null ? undefined : conversations.get(message.conversationId);
  if (!conversation) return withoutAccount(message, message.platform, isOwnSend);
  const account = parts.accounts.get(conversation.accountId);
  if (!account) return null;

  const ownIds = await idsOf(account, conversation, parts);
  const direction = directionOf({ ...message, stated: message.direction, isOwnSend }, ownIds);
  if (isOwnSend && message.senderId !== null) await parts.store.saveOwnId(account.name, message.senderId);
  const contactId =
    direction === 'outgoing' ? message.recipientId : (message.senderId ?? message.recipientId);
  return {
    ...common(message, message.platform),
    account: account.name,
    contact: contactOf(contactId, conversation),
    direction,
  };
}

async function idsOf(
  account: AccountConfig,
  conversation: KnownConversation,
  { store, usernameOf }: SourceParts,
): Promise<ReadonlySet<string>> {
  const configured = configuredIds(account, usernameOf(account.id), conversation.participants);
  return new Set([...configured, ...(await store.ownIds(account.name))]);
}

/** Without a conversation nobody can tell whose message it is, unless it says itself that the account wrote it. */
function withoutAccount(message: ApiMessage, platform: Platform, isOwnSend: boolean): InboundEvent {
  const isOwn = directionOf({ ...message, stated: message.direction, isOwnSend }, new Set()) === 'outgoing';
  const contactId = isOwn ? message.recipientId : (message.senderId ?? message.recipientId);
  return {
    ...common(message, platform),
    account: null,
    contact: { id: contactId, name: null, username: null },
    direction: isOwn ? 'outgoing' : 'unknown',
  };
}

function common(message: ApiMessage, platform: Platform) {
  const { id, conversationId, text, at } = message;
  return {
    id: `message:${id}`,
    kind: 'message' as const,
    platform,
    sourceId: id,
    conversationId,
    text,
    at,
    comment: null,
  };
}

function contactOf(id: string, { participants }: KnownConversation): Contact {
  const person = participants.find((each) => each.id === id);
  return { id, name: person?.name ?? null, username: person?.username ?? null };
}

/**
 * Whose conversations these are. What the store does not know is read: one by one when it is one or two, else from the
 * list, whose first pages hold the conversations with new messages.
 */
async function resolveConversations(
  ids: readonly string[],
  { store, client, accounts }: SourceParts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KnownConversation>> {
  const known = new Map(await store.conversations(ids));
  for (const [id, { accountId, participants }] of known) {
    // Read for an account that was not configured then, and is now.
    if (participants.length === 0 && accounts.has(accountId)) known.delete(id);
  }
  const missing = new Set(ids.filter((id) => !known.has(id)));
  const read: KnownConversation[] = [];
  const take = (conversation: ApiConversation): void => {
    if (!missing.delete(conversation.id)) return;
    const { id, accountId } = conversation;
    // Of the people of an account that is not ours, nothing is kept but that it is not ours.
    read.push({ id, accountId, participants: accounts.has(accountId) ? conversation.participants : [] });
  };

  try {
    await readConversations(missing, client, take, signal);
  } finally {
    // Also those of a reading that broke off: with many new conversations it would else never get further.
    if (read.length > 0) await store.saveConversations(read);
  }
  return new Map([...known, ...read.map((each) => [each.id, each] as const)]);
}

/** Gives each conversation that it comes across to `take`, which takes those that are wanted out of `missing`. */
async function readConversations(
  missing: ReadonlySet<string>,
  client: SourceParts['client'],
  take: (conversation: ApiConversation) => void,
  signal: AbortSignal,
): Promise<void> {
  let pageToken: string | null = null;
  for (let pages = 0; missing.size > 2 && pages < LIMITS.conversationPages; pages += 1) {
    const page = await client.listConversations(
      { limit: LIMITS.pageSize, ...(pageToken === null ? {} : { pageToken }) },
      signal,
    );
    page.items.forEach(take);
    pageToken = page.pageToken;
    if (pageToken === null) break;
  }
  for (const id of [...missing]) {
    const conversation = await client.conversation(id, signal).catch(noneIfMissing);
    if (conversation) take({ ...conversation, id });
  }
}

function noneIfMissing(error: unknown): null {
  if (error instanceof BlotatoError && error.status === 404) return null;
  throw error;
}
