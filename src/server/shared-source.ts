import { SECOND } from '../domain/time.js';
import type { PgStore as Database } from '../store/postgres/open.js';
import { postgresReports, postgresStore, workspaceOf } from '../store/postgres/store.js';
import type { PanelSource } from './panels.js';

/** Other workers write to the database too: an open page queries it at this interval. */
const QUERY_EVERY = 2 * SECOND;

/**
 * Data source for a workspace shared by several workers: the database, since another worker may have made the
 * change.
 */
export async function sharedSource(
  served: Database,
  name: string,
  trouble: PanelSource['trouble'],
): Promise<PanelSource> {
  const workspace = await workspaceOf(served, name);
  return {
    store: postgresStore(served, { workspace, fencingToken: null }, served.time.now),
    reports: postgresReports(served, workspace),
    trouble,
    onChange(listener) {
      const timer = setInterval(listener, QUERY_EVERY);
      return () => clearInterval(timer);
    },
  };
}
