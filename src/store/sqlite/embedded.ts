import { statementOf, type Query, type SqlRunner, type Work } from '../sql/sql-runner.js';
import type { Connection, PreparedStatement } from './open.js';
import { namedTrouble } from './trouble.js';

/**
 * The embedded database: each statement of a transaction runs at once, so that nothing else comes between, and a
 * transaction is over when its function returns. `path` is for messages.
 */
export function embedded(connection: Connection, path: string): SqlRunner {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw namedTrouble(error, path);
    }
  };
  return {
    prepare: (sql) => statementOf(whenAsked(connection, sql)),
    transaction(work) {
      // SQLite itself takes a transaction back when the disk is full, and the library (0.5.29) then fails once more, with
      // "cannot rollback - no transaction is active", which hides the cause: so each error is named where it happens.
      const failures: unknown[] = [];
      const whole = connection.transaction((...args: Parameters<typeof work>) => {
        try {
          return drive(work(...args));
        } catch (error) {
          failures.push(error);
          throw error;
        }
      });
      return async (...args) =>
        named(() => {
          try {
            return whole(...args);
          } catch (error) {
            throw failures.pop() ?? error;
          }
        });
    },
    reads:
      (work) =>
      async (...args) =>
        named(() => drive(work(...args))),
    // What was overwritten still stands in the log of writes until that is emptied.
    scrub: async () => named(() => connection.exec('pragma wal_checkpoint(truncate)')),
  };
}

/** Prepared when it is first asked for: no command asks for all of them, and preparing them took longer than most commands. */
function whenAsked(connection: Connection, sql: string): () => PreparedStatement {
  let prepared: PreparedStatement | null = null;
  return () => (prepared ??= connection.prepare(sql));
}

function drive<T>(work: Work<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next(rowsOf(step.value));
  return step.value;
}

function rowsOf({ statement, how, values }: Query): unknown {
  const prepared = (statement as ReturnType<typeof whenAsked>)();
  switch (how) {
    case 'get':
      return prepared.get(...values);
    case 'all':
      return prepared.all(...values);
    case 'run':
      return prepared.run(...values);
  }
}
