import { LIMITS } from '../../domain/limits.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { AccountsBack, ListedAccount, PollStore } from '../ports/polls.js';

/** The configured accounts, as last listed by Blotato. */
export function listedAccounts(db: SqlRunner): Pick<PollStore, 'listedAccounts' | 'saveListedAccounts'> {
  const all = db.prepare<ListedAccount>(
    `select account, account_id as "accountId", username, missing_since as "missingSince", likely_id as "likelyId"
     from listed_accounts order by account`,
  );
  const save = db.prepare(SAVE);
  const rewind = rewinder(db);
  return {
    listedAccounts: db.reads(() => all.all(), true),
    saveListedAccounts: db.transaction(function* (accounts: readonly ListedAccount[], back?: AccountsBack) {
      if (back) yield* rewind(back);
      for (const each of accounts) yield* save.run({ ...each });
    }, 'shared'),
  };
}

/**
 * Moves the watermarks back to where the accounts went missing: meanwhile their rows were read as rows of
 * accounts that are not configured, which are not stored.
 */
function rewinder(db: SqlRunner): (back: AccountsBack) => Work<void> {
  const from = db.prepare<{ at: number | null }>(
    `select min(coalesce(read_from, (select min(mark_at) from cursors))) as at from listed_accounts
     where account in (select value from json_each(?))`,
  );
  const rewind = db.prepare('update cursors set mark_at = @at where mark_at > @at');
  const dropWalks = db.prepare('delete from walks');
  const forget = db.prepare(
    'delete from conversations where account_id not in (select value from json_each(?))',
  );
  return function* ({ accounts, configured }) {
    const { at } = yield* from.one(JSON.stringify(accounts));
    // The account may have been missing since the previous read of the list.
    if (at !== null) yield* rewind.run({ at: at - LIMITS.accountsEvery });
    yield* dropWalks.run();
    yield* forget.run(JSON.stringify(configured));
  };
}

/** An account that went missing while the program was stopped was already missing at the watermark. */
const SAVE = `
insert into listed_accounts (account, account_id, username, missing_since, likely_id, read_from)
values (@account, @accountId, @username, @missingSince, @likelyId, (
  select min(at) from (select cast(@missingSince as bigint) as at union all select mark_at from cursors) times
  where @missingSince is not null))
on conflict (account) do update set account_id = excluded.account_id, username = excluded.username,
  missing_since = excluded.missing_since, likely_id = excluded.likely_id,
  read_from = case when excluded.missing_since is null then null
    else coalesce(listed_accounts.read_from, excluded.read_from) end`;
