import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { PgStore } from './open.js';

/** A workspace with waiting sends that no running worker serves. */
export interface UnservedWorkspace {
  readonly name: string;
  readonly waiting: number;
}

/** Maximum number of workspaces without a worker that are searched for waiting sends. */
const MOST_ASKED = 500;

/** The names of the workspaces that running workers serve. */
export async function servedWorkspaces({ admin }: PgStore, timeout: Millis): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ name: string }>(
    `select name from autoresponder.workspaces where id in (
       select unnest(workspaces) from autoresponder.workers where seen_at > now() - make_interval(secs => $1))`,
    [timeout / SECOND],
  );
  return new Set(rows.map(({ name }) => name));
}

/** A running worker that serves a workspace. */
export interface ServingWorker {
  /** Host, process id and a random part. */
  readonly name: string;
  readonly seenAt: Instant;
}

/** The running workers that serve a workspace, by name. */
export async function workersOf(
  { admin }: PgStore,
  workspace: string,
  timeout: Millis,
): Promise<readonly ServingWorker[]> {
  const { rows } = await admin.query<{ name: string; seen: string }>(
    `select id as name, to_json(seen_at) #>> '{}' as seen from autoresponder.workers
     where seen_at > now() - make_interval(secs => $2)
       and (select id from autoresponder.workspaces where name = $1) = any (workspaces)
     order by id`,
    [workspace, timeout / SECOND],
  );
  return rows.map(({ name, seen }) => ({ name, seenAt: Date.parse(seen) }));
}

/** Workspaces with waiting sends that are not among the `known` ones: no configuration has them any more. */
export async function unservedWorkspaces(
  served: PgStore,
  known: ReadonlySet<string>,
): Promise<readonly UnservedWorkspace[]> {
  const { rows } = await served.admin.query<{ id: number; name: string }>(
    'select id, name from autoresponder.workspaces where name <> all($1::text[]) order by name limit $2',
    [[...known], MOST_ASKED],
  );
  const found: UnservedWorkspace[] = [];
  for (const { id, name } of rows) {
    const waiting = await waitingIn(served, id);
    if (waiting > 0) found.push({ name, waiting });
  }
  return found;
}

/** Number of waiting sends of a workspace, read in a transaction that is limited to the workspace. */
async function waitingIn({ pool, as }: PgStore, workspace: number): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query(`begin; ${as}; select set_config('autoresponder.workspace', '${workspace}', true)`);
    const { rows } = await client.query<{ n: number }>(WAITING);
    await client.query('commit');
    client.release();
    return rows[0]?.n ?? 0;
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

const WAITING = "select count(*) as n from sends where state in ('pending', 'sending', 'ambiguous')";
