import type { ApiConversation } from '../blotato/schemas.js';
import { BlotatoError, NoResponseError } from '../blotato/errors.js';
import { LIMITS } from '../domain/limits.js';
import type { KnownConversation } from '../store/ports/polls.js';
import type { ConversationFailures } from './conversation-failures.js';
import type { ListedConversations } from './listed-conversations.js';
import type { SourceParts } from './source.js';

/** The known conversations, and for the others the reason why they are unknown. */
export interface Resolved {
  readonly known: ReadonlyMap<string, KnownConversation>;
  readonly failed: ReadonlyMap<string, string>;
}

export interface ResolveParts extends SourceParts {
  readonly failures: ConversationFailures;
  readonly listed: ListedConversations;
}

/**
 * Finds the accounts and participants of conversations. Those not in the store are read: one by one if there
 * are one or two, otherwise from the list, whose first pages contain the conversations with new messages. An
 * unreadable one does not affect the others. Throws only if the key is refused, if stopped, and the errors of
 * the store.
 */
export async function resolveConversations(
  ids: readonly string[],
  parts: ResolveParts,
  signal: AbortSignal,
): Promise<Resolved> {
  const { store, accounts, failures } = parts;
  const known = new Map(await store.conversations(ids));
  const doubtful = new Map([...known].filter(([id, each]) => isDoubtful(id, each, parts)));
  for (const id of doubtful.keys()) known.delete(id);
  const failed = new Map<string, string>();
  const missing = new Set<string>();
  for (const id of ids) {
    const waits = known.has(id) ? null : failures.waits(id);
    if (waits !== null) failed.set(id, waits);
    else if (!known.has(id)) missing.add(id);
  }
  const read: KnownConversation[] = [];
  const take = (conversation: ApiConversation): void => {
    if (!missing.delete(conversation.id)) return;
    const { id, accountId } = conversation;
    failures.worked(id);
    // Do not store participants of accounts that are not configured.
    read.push({ id, accountId, participants: accounts.has(accountId) ? conversation.participants : [] });
  };
  try {
    await readListed(missing, parts, take, signal);
    await readEach(missing, failed, { ...parts, take }, signal);
  } finally {
    // Conversations are saved even if the poll is interrupted: otherwise a poll with many new conversations
    // would never make progress.
    if (read.length > 0) await store.saveConversations(read);
  }
  return { known: new Map([...doubtful, ...known, ...read.map((each) => [each.id, each] as const)]), failed };
}

/**
 * True if the conversation may belong to another account by now: an account that is connected again may have
 * another id, temporarily or permanently.
 */
function isDoubtful(
  id: string,
  { accountId, participants }: KnownConversation,
  { accounts, failures, isForeign = () => true }: SourceParts & { readonly failures: ConversationFailures },
): boolean {
  // The conversation was stored while its account was not configured; now it is.
  if (accounts.has(accountId)) return participants.length === 0;
  return !isForeign(accountId) && failures.mayAskAgain(id);
}

/**
 * Passes listed conversations to `take`, which removes the wanted ones from `missing`: of the pages already read,
 * then of the next ones.
 */
async function readListed(
  missing: ReadonlySet<string>,
  { listed }: ResolveParts,
  take: (conversation: ApiConversation) => void,
  signal: AbortSignal,
): Promise<void> {
  const wanted = missing.size;
  for (const id of [...missing]) {
    const known = listed.get(id);
    if (known) take(known);
  }
  for (let pages = 0; missing.size > 2 && pages < LIMITS.conversationPages; pages += 1) {
    try {
      const items = await listed.next(signal);
      if (items === null) return;
      items.forEach(take);
    } catch (error) {
      throwIfOfAll(error, signal);
      return;
    }
  }
  // More than half a page of new contacts is a backlog: the next page of the walk most likely needs the next page of this list.
  if (wanted - missing.size > LIMITS.pageSize / 2) listed.ahead(signal);
}

interface EachParts extends ResolveParts {
  readonly take: (conversation: ApiConversation) => void;
}

async function readEach(
  missing: Set<string>,
  failed: Map<string, string>,
  { client, failures, take }: EachParts,
  signal: AbortSignal,
): Promise<void> {
  let inARow = 0;
  let last = '';
  for (const id of [...missing]) {
    if (inARow >= LIMITS.conversationFailures) {
      // After several failures in a row the route itself is probably failing, so the remaining conversations
      // are tried at the next poll.
      failed.set(id, last);
      continue;
    }
    try {
      take({ ...(await client.conversation(id, signal)), id });
      inARow = 0;
    } catch (error) {
      throwIfOfAll(error, signal);
      failures.failed(id, error);
      last = error instanceof Error ? error.message : String(error);
      failed.set(id, last);
      inARow += isOfRoute(error) ? LIMITS.conversationFailures : 1;
    }
  }
}

function throwIfOfAll(error: unknown, signal: AbortSignal): void {
  if (signal.aborted || (error instanceof BlotatoError && error.kind === 'unauthorized')) throw error;
}

function isOfRoute(error: unknown): boolean {
  return error instanceof NoResponseError || (error instanceof BlotatoError && error.kind === 'rate_limited');
}
