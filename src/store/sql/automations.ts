import type { SeenAutomation, SeenAutomations } from '../../domain/automation.js';
import type { Store } from '../ports/store.js';
import type { SqlRunner } from './sql-runner.js';

const LIST = 'dm-automations';

/** Blotato's own automations as last read. */
export function automations(db: SqlRunner): Pick<Store, 'automations' | 'saveAutomations'> {
  const last = db.prepare<{ readAt: number; automations: string }>(
    'select read_at as "readAt", automations from automations where list = ?',
  );
  const save = db.prepare(
    `insert into automations (list, read_at, automations) values (?, ?, ?)
     on conflict (list) do update set read_at = excluded.read_at, automations = excluded.automations`,
  );
  return {
    automations: db.reads(function* () {
      const row = yield* last.get(LIST);
      if (row === undefined) return null;
      return { readAt: row.readAt, automations: JSON.parse(row.automations) as SeenAutomation[] };
    }, true),
    saveAutomations: db.transaction(function* ({ readAt, automations: seen }: SeenAutomations) {
      yield* save.run(LIST, readAt, JSON.stringify(seen));
    }, 'aside'),
  };
}
