import type { BlotatoClient } from '../blotato/client.js';
import type { ApiAccount, ApiSubaccount } from '../blotato/schemas.js';
import { isPlatform, type Platform } from '../domain/event.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';

/** An account that a key gives access to, and that can send. */
export interface DiscoveredAccount {
  readonly id: string;
  readonly platform: Platform;
  readonly username: string | null;
  readonly fullname: string | null;
  /** The account's own id on the platform; null if no conversation shows it. */
  readonly nativeId: string | null;
  /** Facebook pages of the account. */
  readonly pages: readonly ApiSubaccount[];
}

/** Accounts of a key. */
export interface Discovered {
  readonly accounts: readonly DiscoveredAccount[];
  /** Accounts on platforms where the API cannot send. */
  readonly leftOut: readonly ApiAccount[];
}

/** Lists the accounts of a key with their pages and own ids. Throws the errors of the client. */
export async function discover(
  client: Pick<BlotatoClient, 'accounts' | 'subaccounts' | 'listConversations'>,
  signal: AbortSignal,
): Promise<Discovered> {
  const accounts: DiscoveredAccount[] = [];
  const leftOut: ApiAccount[] = [];
  for (const account of await client.accounts(signal)) {
    const { id, platform, username, fullname } = account;
    if (!isPlatform(platform) || !PLATFORM_TABLE[platform].canSend) {
      leftOut.push(account);
      continue;
    }
    const pages = platform === 'facebook' ? await client.subaccounts(id, signal) : [];
    const nativeId = await ownIdOf(client, account, signal);
    accounts.push({ id, platform, username, fullname, nativeId, pages });
  }
  return { accounts, leftOut };
}

/** The id of the participant with the account's username, in one of its latest conversations. */
async function ownIdOf(
  client: Pick<BlotatoClient, 'listConversations'>,
  { id, username }: ApiAccount,
  signal: AbortSignal,
): Promise<string | null> {
  const own = username?.toLowerCase() ?? '';
  if (own === '') return null;
  const { items } = await client.listConversations({ accountId: id }, signal);
  const participants = items.flatMap((each) => each.participants);
  return participants.find((each) => each.username?.toLowerCase() === own)?.id ?? null;
}
