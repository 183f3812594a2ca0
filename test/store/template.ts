import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/domain/time.js';
import type { Store } from '../../src/store/ports/store.js';
import { openWriter } from '../../src/store/sqlite/open.js';
import { openSqlite } from '../../src/store/sqlite/store.js';

let template: string | null = null;

/** An empty store with all migrations, which this process makes once. */
function migrated(): string {
  if (template !== null) return template;
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'template.db');
  const { db, close } = openWriter(join(folder, 'migrated.db'));
  db.prepare('vacuum into ?').run(path);
  close();
  chmodSync(path, 0o600);
  return (template = path);
}

/**
 * Opens a store as the program does. A new one is a copy of an empty one, since the migrations take 12 ms of
 * processor time and the tests make thousands of stores; those of the migrations and of the program itself make their own.
 */
export function openCopied(path: string, clock: Clock): Store {
  if (!existsSync(path)) copyFileSync(migrated(), path);
  return openSqlite(path, clock);
}
