import { type Query, type SqlRunner, Statement, type Work } from '../sql/sql-runner.js';
import type { Connection, PreparedStatement } from './open.js';
import { namedTrouble } from './trouble.js';

/**
 * The embedded database: the statements of a transaction run synchronously, so nothing else comes in between.
 * `path` is for messages.
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
    prepare: (sql, map) => new Statement(whenAsked(connection, sql), map),
    transaction(work) {
      // SQLite itself rolls a transaction back when the disk is full, and the library (0.5.29) then fails
      // again with "cannot rollback - no transaction is active", which hides the cause: so each error is
      // converted where it occurs.
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
    // Overwritten data remains in the write-ahead log until that is truncated.
    scrub: async () => named(() => connection.exec('pragma wal_checkpoint(truncate)')),
  };
}

/**
 * Prepares statements on first use: no command needs all statements, and preparing all took longer than most
 * commands.
 */
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
  return (statement as ReturnType<typeof whenAsked>)()[how](...values);
}
