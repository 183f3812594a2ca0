import type { BlotatoClient } from '../blotato/client.js';
import type { ApiConversation } from '../blotato/schemas.js';
import { LIMITS } from '../domain/limits.js';

/**
 * The list of conversations, by last activity, as far as a cycle has read it. Both a walk and this list go
 * back in time, so each page of the walk continues this list where the previous page stopped.
 */
export interface ListedConversations {
  /** A conversation of the pages read so far. */
  get(id: string): ApiConversation | undefined;
  /** Reads the next page. Null after the last one. Throws the errors of the client. */
  next(signal: AbortSignal): Promise<readonly ApiConversation[] | null>;
  /** Requests the next page, which `next` waits for. If the request fails, `next` makes it again. */
  ahead(signal: AbortSignal): void;
}

export function listConversations(client: Pick<BlotatoClient, 'listConversations'>): ListedConversations {
  const listed = new Map<string, ApiConversation>();
  /** Page token of the next page; null before the first page, undefined after the last. */
  let pageToken: string | null | undefined = null;
  let requested: Promise<readonly ApiConversation[] | null> | null = null;

  async function read(signal: AbortSignal): Promise<readonly ApiConversation[] | null> {
    if (pageToken === undefined) return null;
    const query = { limit: LIMITS.pageSize, ...(pageToken === null ? {} : { pageToken }) };
    const page = await client.listConversations(query, signal);
    for (const each of page.items) listed.set(each.id, each);
    // The last page may have a token too, which leads to an empty page.
    pageToken = page.items.length === 0 ? undefined : (page.pageToken ?? undefined);
    return page.items;
  }

  return {
    get: (id) => listed.get(id),
    next: async (signal) => requested ?? read(signal),
    ahead(signal) {
      const forget = () => (requested = null);
      requested ??= read(signal);
      requested.then(forget, forget);
    },
  };
}
