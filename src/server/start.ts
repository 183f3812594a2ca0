import { sqliteReports } from '../store/sqlite/store.js';
import { controlPath } from '../store/open.js';
import type { Panel } from './panel.js';
import { type Served, serve } from './serve.js';
import { createSite } from './site.js';

/** Serves health and dashboard of a program whose store is open. Rejects when the port is taken. */
export async function startSite(
  { host, port, token }: { readonly host: string; readonly port: number; readonly token: string | null },
  parts: Omit<Panel, 'reports'>,
): Promise<Served> {
  const path = controlPath(parts.config);
  if (path === null) throw new Error('the dashboards of a shared database are served by shared-panels');
  const reports = sqliteReports(path);
  const { health, clock } = parts;
  const site = createSite({ token, health, clock, panel: { ...parts, reports } });
  try {
    const served = await serve(site, { host, port });
    return {
      port: served.port,
      close: async () => {
        await served.close();
        await reports.close();
      },
    };
  } catch (error) {
    await reports.close();
    throw error;
  }
}
