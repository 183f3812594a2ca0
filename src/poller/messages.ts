import { lateRefusalOf } from '../blotato/refusals.js';
import type { MessageQuery } from '../blotato/queries.js';
import type { ApiMessage } from '../blotato/schemas.js';
import { type InboundEvent, isPlatform, type Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import type { UnreadableRow } from '../blotato/responses.js';
import { createConversationFailures } from './conversation-failures.js';
import { listConversations } from './listed-conversations.js';
import { type Resolved, resolveConversations } from './conversations.js';
import { releaseHeld } from './held-messages.js';
import { cacheOwnIds } from './own-ids.js';
import type { Source, SourceParts, SourceRow } from './source.js';
import { unreadableEvent } from './unreadable.js';
import { mayBeKnownLater, type MessageParts, whoseIs, type WhoseParts, withoutAccount } from './whose.js';
import type { HeldRow, NewEvent } from '../store/ports/polls.js';

interface MessageRow extends SourceRow {
  readonly message: ApiMessage;
}

const SILENT = { warn: silent, error: silent, info: silent };

/** Direct messages. A message contains its conversation, and the conversation its account. */
export function messageSource(options: SourceParts): Source<MessageRow> {
  const { store, client } = options;
  const failures =
    options.failures ?? createConversationFailures({ clock: () => Date.now(), logger: SILENT });
  const parts: MessageParts = { ...options, failures, listed: listConversations(client) };
  const read = async (
    query: Pick<MessageQuery, 'platforms' | 'conversationId'>,
    pageToken: string | null,
    signal: AbortSignal,
  ) => {
    const paged = { ...query, limit: LIMITS.pageSize, ...(pageToken === null ? {} : { pageToken }) };
    const page = await client.listMessages(paged, signal);
    return { rows: page.items.map(toRow), unreadable: page.unreadable, pageToken: page.pageToken };
  };
  return {
    resource: 'messages',
    kind: 'message',
    page: (platforms, pageToken, signal) => read({ platforms }, pageToken, signal),
    pageOf: (conversationId, platforms, pageToken, signal) =>
      read({ platforms, conversationId }, pageToken, signal),
    async toEvents(rows, isBeforeStart, signal) {
      const ids = rows.flatMap(({ message }) =>
        message.conversationId === null ? [] : [message.conversationId],
      );
      const resolved = await resolveConversations([...new Set(ids)], parts, signal);
      const own = await store.isOwnSend(
        'POST /v2/messages',
        rows.map((row) => row.id),
      );
      const events: NewEvent[] = [];
      const authors = { ...parts, store: cacheOwnIds(store) };
      for (const row of rows) {
        const event = await toEvent(row.message, own.has(row.id), resolved, authors);
        if (event) events.push({ ...event, beforeStart: isBeforeStart(row) });
      }
      return events;
    },
    toUnreadable: (row, platforms, now) => toUnreadable(row, platforms, now, parts),
    release: (now, signal) => releaseHeld(parts, now, signal),
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

/** Converts a row to an event; null if its account is not configured, or its platform is unknown. */
async function toEvent(
  message: ApiMessage,
  isOwnSend: boolean,
  { known, failed }: Resolved,
  parts: WhoseParts & Pick<SourceParts, 'isListed'>,
): Promise<Omit<NewEvent, 'beforeStart'> | null> {
  const { platform, conversationId } = message;
  if (!isPlatform(platform)) return null;
  const row = toHeldRow(message);
  const conversation = conversationId === null ? undefined : known.get(conversationId);
  if (!conversation) {
    const event = { ...common(message, platform), ...withoutAccount(row, isOwnSend) };
    const why = conversationId === null ? undefined : failed.get(conversationId);
    return why === undefined ? { event } : { event, held: { for: 'conversation', detail: why, row } };
  }
  const whose = await whoseIs(row, isOwnSend, conversation, parts);
  if (whose === null) return null;
  const event = { ...common(message, platform), ...whose };
  if (mayBeKnownLater(whose, conversation, parts)) {
    return { event, held: { for: 'account', detail: 'Blotato has not listed its account yet', row } };
  }
  if (whose.direction === 'incoming' && whose.contact.id === '') {
    return { event, unreadable: '`senderId` is missing, so the recipient of a reply is unknown' };
  }
  return { event };
}

function toHeldRow({ conversationId, senderId, recipientId, status, direction }: ApiMessage): HeldRow {
  return { conversationId, senderId, recipientId, status, stated: direction };
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

/**
 * The account of an unreadable row is known only if its conversation was read before: nothing more is
 * requested for an unreadable row.
 */
async function toUnreadable(
  row: UnreadableRow,
  asked: readonly Platform[],
  now: Instant,
  { store, accounts }: SourceParts,
): Promise<InboundEvent | null> {
  const { conversationId } = row;
  const conversation =
    conversationId === null ? undefined : (await store.conversations([conversationId])).get(conversationId);
  const account = conversation === undefined ? null : accounts.get(conversation.accountId);
  const place = { kind: 'message', conversationId, comment: null } as const;
  return account === undefined ? null : unreadableEvent(row, account, place, { asked, now });
}

function silent(): void {
  // Conversations have no action at the end of a walk.
}
