import type { PollStore } from '../store/ports/polls.js';

/** The platform ids that accounts are known to write under. */
export type OwnIds = Pick<PollStore, 'ownIds' | 'saveOwnId'>;

/** Caches them for one page, whose rows need the ids of few accounts again and again. */
export function cacheOwnIds(store: OwnIds): OwnIds {
  const known = new Map<string, Set<string>>();
  const of = async (account: string): Promise<Set<string>> => {
    const found = known.get(account) ?? new Set(await store.ownIds(account));
    known.set(account, found);
    return found;
  };
  return {
    ownIds: of,
    async saveOwnId(account, platformId) {
      const ids = await of(account);
      if (ids.has(platformId)) return;
      await store.saveOwnId(account, platformId);
      ids.add(platformId);
    },
  };
}
