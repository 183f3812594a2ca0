import { alone } from './alone.js';
import type { PgStore } from './open.js';

/** Rules as stored. Equal content has an equal hash. */
export interface KeptRules {
  readonly hash: string;
  readonly content: string;
}

/**
 * Workspaces per statement. A statement locks the rows of its workspaces, and their transactions wait for it.
 */
const PORTION = 200;

/** Stores the rules of workspaces, and deletes rule sets that no workspace uses any more. */
export async function keepRuleSets(served: PgStore, sets: ReadonlyMap<string, KeptRules>): Promise<void> {
  const distinct = new Map([...sets.values()].map(({ hash, content }) => [hash, content]));
  const hashes = [...sets.values()].map(({ hash }) => hash);
  await alone(served, async (client) => {
    // Each distinct set is sent once, since thousands of workspaces may share one.
    for (const [hash, content] of distinct) {
      await client.query('insert into autoresponder.rule_sets values ($1, $2) on conflict do nothing', [
        hash,
        content,
      ]);
    }
    await client.query(KEEP, [[...sets.keys()], hashes]);
    await client.query(DROP);
  });
}

/** The content of the last rules without errors, by the name of the workspace. */
export async function keptRuleSets(
  { admin }: PgStore,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await admin.query<{ name: string; content: string }>(
    `select w.name, r.content from autoresponder.workspaces w join autoresponder.rule_sets r on r.hash = w.rule_set
     where w.name = any($1)`,
    [names],
  );
  return new Map(rows.map(({ name, content }) => [name, content]));
}

/** Stores the state of the rules of workspaces for `status`, as text keyed by the name of the workspace. */
export async function saveRulesStates(served: PgStore, states: ReadonlyMap<string, string>): Promise<void> {
  const all = [...states];
  for (let from = 0; from < all.length; from += PORTION) {
    const some = all.slice(from, from + PORTION);
    const values = [some.map(([name]) => name), some.map(([, state]) => state)];
    await alone(served, (client) => client.query(SAVE_STATES, values));
  }
}

/** The state that `saveRulesStates` saved last; null if nothing was saved. */
export async function rulesStateOf({ admin }: PgStore, name: string): Promise<string | null> {
  const { rows } = await admin.query<{ state: string | null }>(
    'select rules_state as state from autoresponder.workspaces where name = $1',
    [name],
  );
  return rows[0]?.state ?? null;
}

const KEEP = `
update autoresponder.workspaces w set rule_set = k.hash
from unnest($1::text[], $2::text[]) as k (name, hash)
where w.name = k.name and w.rule_set is distinct from k.hash`;

const DROP = `
delete from autoresponder.rule_sets r
where not exists (select 1 from autoresponder.workspaces w where w.rule_set = r.hash)`;

const SAVE_STATES = `
update autoresponder.workspaces w set rules_state = s.state
from unnest($1::text[], $2::text[]) as s (name, state) where w.name = s.name`;
