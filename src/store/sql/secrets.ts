import type { OwnerStore } from '../ports/owner.js';
import type { SqlRunner } from './sql-runner.js';

/** Random keys that the program makes for itself. */
export function secrets(db: SqlRunner): Pick<OwnerStore, 'secret'> {
  const insert = db.prepare('insert into secrets (name, value) values (?, ?) on conflict do nothing');
  const get = db.prepare<{ value: string }>('select value from secrets where name = ?');
  return {
    secret: db.transaction(function* (name: string, fresh: string) {
      yield* insert.run(name, fresh);
      return yield* get.value(name);
    }),
  };
}
