import type { SqlRunner } from './sql-runner.js';
import type { ListedAccount, PollStore } from '../ports/polls.js';

/** The configured accounts, as Blotato's list of accounts had them the last time. */
export function listedAccounts(db: SqlRunner): Pick<PollStore, 'listedAccounts' | 'saveListedAccounts'> {
  const all = db.prepare(
    `select account, account_id as "accountId", username, missing_since as "missingSince", likely_id as "likelyId"
     from listed_accounts order by account`,
  );
  const save = db.prepare(
    `insert into listed_accounts (account, account_id, username, missing_since, likely_id)
     values (@account, @accountId, @username, @missingSince, @likelyId)
     on conflict (account) do update set account_id = excluded.account_id, username = excluded.username,
       missing_since = excluded.missing_since, likely_id = excluded.likely_id`,
  );
  return {
    listedAccounts: db.reads(function* () {
      return (yield* all.all()) as ListedAccount[];
    }),
    saveListedAccounts: db.transaction(function* (accounts: readonly ListedAccount[]) {
      for (const each of accounts) yield* save.run({ ...each });
    }),
  };
}
