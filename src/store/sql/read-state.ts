import type { PollStore, ReadFailure, ReadState } from '../ports/polls.js';
import type { SqlRunner } from './sql-runner.js';

type FailureRow = Omit<ReadFailure, 'isKeyRefused'> & { readonly isKeyRefused: 0 | 1 };

/** State of reading each list, and its failures. */
export function readState(db: SqlRunner): Pick<PollStore, 'readState' | 'saveReadFailures'> {
  const polls = db.prepare('select resource, platform, polled_at as at, due_at as "dueAt" from cursors');
  const failures = db.prepare<FailureRow>(
    `select resource, failing_since as since, error, key_refused as "isKeyRefused" from read_failures order by resource desc`,
  );
  const over = db.prepare('delete from read_failures');
  const save = db.prepare(
    'insert into read_failures (resource, failing_since, error, key_refused) values (?, ?, ?, ?)',
  );
  return {
    readState: db.reads(function* () {
      const rows = yield* failures.all();
      return {
        polls: (yield* polls.all()) as ReadState['polls'],
        failures: rows.map((row) => ({ ...row, isKeyRefused: row.isKeyRefused === 1 })),
      };
    }),
    saveReadFailures: db.transaction(function* (failing: readonly ReadFailure[]) {
      yield* over.run();
      for (const { resource, since, error, isKeyRefused } of failing) {
        yield* save.run(resource, since, error, isKeyRefused ? 1 : 0);
      }
    }),
  };
}
