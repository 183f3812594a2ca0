import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteReports } from '../../src/store/sqlite/store.js';
import { reportsContract } from './reports-contract.js';
import { openCopied } from './template.js';

reportsContract('sqlite', async (clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  const path = join(folder, 'test.db');
  const store = openCopied(path, clock);
  const reports = sqliteReports(path);
  return {
    store,
    reports,
    async dispose() {
      await reports.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
