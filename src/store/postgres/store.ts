import type { Clock } from '../../domain/time.js';
import type { Reports } from '../reports.js';
import { reportsOver } from '../sql/reports.js';
import { storeOver } from '../sql/store.js';
import type { Store } from '../store.js';
import type { Served } from './open.js';
import { server, type Tenure } from './server.js';

/** The number of a workspace, which is made when there is none of that name. */
export async function workspaceOf({ pool }: Served, name: string): Promise<number> {
  await pool.query('insert into autoresponder.workspaces (name) values ($1) on conflict do nothing', [name]);
  const { rows } = await pool.query<{ id: number }>(
    'select id from autoresponder.workspaces where name = $1',
    [name],
  );
  return rows[0]?.id ?? 0;
}

/** Makes somebody the owner of a workspace: what a former owner writes from now on is refused. */
export async function takeOver(
  { pool }: Served,
  workspace: number,
  owner: string,
  clock: Clock,
): Promise<Tenure> {
  const { rows } = await pool.query<{ epoch: number }>(
    'update autoresponder.workspaces set epoch = epoch + 1, owner = $2, taken_at = $3 where id = $1 returning epoch',
    [workspace, owner, clock()],
  );
  return { workspace, epoch: rows[0]?.epoch ?? 0 };
}

/** The store of one workspace. Closing it leaves the connections, which others use as well. */
export function postgresStore(served: Served, tenure: Tenure, clock: Clock): Store {
  // Others may write: what contacts were answered is not kept in memory.
  return { ...storeOver(server(served, tenure), clock, 0), close: async () => undefined };
}

/** What the dashboard shows of one workspace. */
export function postgresReports(served: Served, workspace: number): Reports {
  return { ...reportsOver(server(served, { workspace, epoch: null })), close: async () => undefined };
}
