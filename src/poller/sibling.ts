import type { AccountConfig } from '../domain/config.js';
import { configuredIds } from './direction.js';
import type { OwnIds } from './own-ids.js';
import type { SourceParts } from './source.js';

/**
 * True if another configured account wrote the row: two accounts with rules would reply to each other for
 * ever.
 */
export async function isSibling(
  senderId: string | null,
  account: AccountConfig,
  { store, accounts }: Pick<SourceParts, 'accounts'> & { readonly store: Pick<OwnIds, 'ownIds'> },
): Promise<boolean> {
  if (senderId === null || accounts.size < 2) return false;
  // Only accounts of the same platform are compared: on another platform the same id may belong to a
  // stranger.
  const others = [...accounts.values()].filter(
    ({ name, platform }) => platform === account.platform && name !== account.name,
  );
  if (others.some((other) => configuredIds(other, null, []).has(senderId))) return true;
  for (const { name } of others) if ((await store.ownIds(name)).has(senderId)) return true;
  return false;
}
