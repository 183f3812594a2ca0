import type { BlotatoClient } from '../blotato/client.js';
import type { ApiAccount } from '../blotato/schemas.js';
import { backoff } from '../blotato/throttle.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { likelyIdOf } from '../domain/likely-account.js';
import { LIMITS } from '../domain/limits.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { ListedAccount, PollStore } from '../store/ports/polls.js';

/** An empty list of accounts may be a temporary error. */
const ASK_AGAIN_AFTER_EMPTY = MINUTE;

/**
 * The accounts as listed by Blotato. Usernames help to find the author of a message; missing accounts are
 * reported.
 */
export interface AccountWatch {
  /** The account's username; null if unknown. */
  usernameOf(accountId: string): string | null;
  /** True if Blotato has listed the account since the start. */
  isListed(accountId: string): boolean;
  /** True if the last list contained every configured account. */
  areAllListed(): boolean;
  /**
   * True if the id certainly belongs to an account that is not configured, and not to a configured one under
   * another id.
   */
  isForeign(accountId: string): boolean;
  /**
   * Reads the list when it is due: at once, every few minutes, and with backoff while it fails. Returns true if an
   * account is back, so that the store has moved the watermarks.
   */
  learn(
    client: Pick<BlotatoClient, 'accounts'>,
    store: Pick<PollStore, 'listedAccounts' | 'saveListedAccounts'>,
    signal: AbortSignal,
  ): Promise<boolean>;
}

export interface AccountWatchOptions {
  readonly config: Pick<Config, 'accounts'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createAccountWatch({ config, clock, logger }: AccountWatchOptions): AccountWatch {
  const usernames = new Map<string, string | null>();
  let askAt: Instant = -Infinity;
  let failures = 0;
  let wasEmpty = false;
  /** State last logged by this process, by account. */
  const reported = new Map<string, string>();
  /** Account ids of the last list; null before the first read. */
  let ids: ReadonlySet<string> | null = null;
  const areAllListed = (): boolean => ids !== null && config.accounts.every(({ id }) => ids?.has(id));

  async function take(
    listed: readonly ApiAccount[],
    store: Pick<PollStore, 'listedAccounts' | 'saveListedAccounts'>,
  ): Promise<boolean> {
    const now = clock();
    const isEmptyOnce = listed.length === 0 && !wasEmpty;
    wasEmpty = listed.length === 0;
    if (isEmptyOnce) {
      askAt = now + ASK_AGAIN_AFTER_EMPTY;
      return false;
    }
    ids = new Set(listed.map(({ id }) => id));
    const before = new Map((await store.listedAccounts()).map((each) => [each.account, each]));
    const found = config.accounts.map((account) =>
      stateOf(account, listed, before.get(account.name), { now, configured: config.accounts }),
    );
    for (const each of found) {
      if (each.missingSince === null) usernames.set(each.accountId, each.username);
      report(each, { reported, logger });
    }
    return save(found, before, store);
  }

  return {
    usernameOf: (accountId) => usernames.get(accountId) ?? null,
    isListed: (accountId) => usernames.has(accountId),
    areAllListed,
    isForeign: (accountId) => areAllListed() && ids?.has(accountId) === true,
    async learn(client, store, signal) {
      const now = clock();
      if (now < askAt) return false;
      askAt = now + LIMITS.accountsEvery;
      let listed: readonly ApiAccount[];
      try {
        listed = await client.accounts(signal);
      } catch (error) {
        if (signal.aborted) return false;
        failures += 1;
        askAt = clock() + Math.min(backoff(failures), LIMITS.accountsEvery);
        if (failures === 1) logger.warn({ err: error }, 'list of accounts could not be read; will retry');
        return false;
      }
      failures = 0;
      return take(listed, store);
    },
  };
}

interface Around {
  readonly now: Instant;
  readonly configured: readonly AccountConfig[];
}

function stateOf(
  { name: account, id: accountId, platform }: AccountConfig,
  listed: readonly ApiAccount[],
  before: ListedAccount | undefined,
  { now, configured }: Around,
): ListedAccount {
  const own = listed.find(({ id }) => id === accountId);
  if (own) return { account, accountId, username: own.username, missingSince: null, likelyId: null };
  const known = before?.accountId === accountId ? before : undefined;
  const username = known?.username ?? null;
  return {
    account,
    accountId,
    username,
    missingSince: known?.missingSince ?? now,
    likelyId: likelyIdOf({ platform, username }, listed, configured),
  };
}

/** Stores what changed. Returns true if an account is back. */
async function save(
  found: readonly ListedAccount[],
  before: ReadonlyMap<string, ListedAccount>,
  store: Pick<PollStore, 'saveListedAccounts'>,
): Promise<boolean> {
  const accounts = found
    .filter((each) => isBack(each, before.get(each.account)))
    .map(({ account }) => account);
  const configured = found.map(({ accountId }) => accountId);
  await store.saveListedAccounts(
    found.filter((each) => isOther(each, before.get(each.account))),
    ...(accounts.length > 0 ? [{ accounts, configured }] : []),
  );
  return accounts.length > 0;
}

/** True if the account was not listed under its configured id before, and is now. */
function isBack(now: ListedAccount, before: ListedAccount | undefined): boolean {
  if (before === undefined || now.missingSince !== null) return false;
  return before.missingSince !== null || before.accountId !== now.accountId;
}

function isOther(now: ListedAccount, before: ListedAccount | undefined): boolean {
  return before === undefined || JSON.stringify(before) !== JSON.stringify(now);
}

/** Logs changes, and missing accounts at the start; not at every read of the list. */
function report(
  { account, accountId, missingSince, likelyId }: ListedAccount,
  { reported, logger }: { readonly reported: Map<string, string>; readonly logger: Logger },
): void {
  if (missingSince === null) {
    if (reported.delete(account)) logger.info({ account, accountId }, 'account is listed again');
    return;
  }
  const state = `${accountId} ${likelyId ?? ''}`;
  if (reported.get(account) === state) return;
  reported.set(account, state);
  logger.error(
    { account, accountId, likelyId },
    'Blotato no longer lists an account: its messages and comments get no reply; reconnect it, or set its new `id`',
  );
}
