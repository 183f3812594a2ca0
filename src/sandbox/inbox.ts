import { formatInstant, type Instant } from '../domain/time.js';
import { isListed, list, type ListQuery } from './lists.js';
import { compareKeys, type Key } from './paging.js';
import { type Call, type Desk, refuse, type Response } from './response.js';
import {
  type Person,
  type SandboxAccount,
  type StoredComment,
  type StoredMessage,
  toApiComment,
  toApiMessage,
} from './rows.js';

/** Messages and comments of one person and account, oldest first. */
interface Chat extends Key {
  readonly account: SandboxAccount;
  readonly person: Person;
  readonly items: readonly ChatItem[];
}

type ChatItem = Key & ({ readonly message: StoredMessage } | { readonly comment: StoredComment });

/** Responds to GET /v2/inbox/chats: chats by last activity. */
export function listChats(desk: Desk, call: Call): Response {
  return list(desk, call, {
    rows: chatsOf(desk, desk.clock()),
    wants: ({ account }, query: ListQuery) => isListed(desk, account, query),
    write: ({ id, at, account, person }) => ({
      id,
      accountId: account.id,
      platform: account.platform,
      participant: person,
      updatedAt: formatInstant(at),
    }),
  });
}

/** Responds to GET /v2/inbox/chats/{chatId}/items. */
export function listChatItems(desk: Desk, call: Call): Response {
  const now = desk.clock();
  const chat = chatsOf(desk, now).find(({ id }) => id === call.params['chatId']);
  if (chat === undefined) return refuse(404, 'chat not found');
  return list(desk, call, {
    rows: chat.items,
    wants: () => true,
    write: (item) =>
      'message' in item
        ? { type: 'message', ...toApiMessage(item.message, now, true) }
        : { type: 'comment', ...toApiComment(item.comment, now) },
  });
}

function chatsOf({ world }: Desk, now: Instant): Chat[] {
  const chats = new Map<string, Omit<Chat, 'at'> & { readonly items: ChatItem[] }>();
  const add = (account: SandboxAccount, person: Person, item: ChatItem): void => {
    const id = `chat_${account.name}_${person.id}`;
    const chat = chats.get(id) ?? { id, account, person, items: [] };
    chat.items.push(item);
    chats.set(id, chat);
  };
  for (const message of world.messages) {
    const { account, person } = message.conversation;
    if (message.visibleFrom <= now) add(account, person, { message, id: message.id, at: message.at });
  }
  for (const comment of world.comments) {
    // A comment of the account belongs to the person to whom it replies; one that is not a reply is in no chat.
    const contactId = comment.isAuthor ? comment.parent?.authorId : comment.authorId;
    if (contactId === undefined || comment.visibleFrom > now) continue;
    add(comment.post.account, world.meet(contactId), { comment, id: comment.id, at: comment.at });
  }
  return [...chats.values()]
    .map((chat) => ({ ...chat, items: chat.items.sort(compareKeys) }))
    .map((chat) => ({ ...chat, at: chat.items.at(-1)?.at ?? now }))
    .sort(compareKeys);
}
