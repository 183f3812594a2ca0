import { asked, type Asked, type Database, type Work } from '../sql/database.js';
import type { Connection, PreparedStatement } from './open.js';

/**
 * The embedded database: each statement of a transaction runs at once, so that nothing else comes between, and a
 * transaction is over when its function returns.
 */
export function embedded(connection: Connection): Database {
  return {
    prepare: (sql) => asked(connection.prepare(sql)),
    transaction(work) {
      const whole = connection.transaction((...args: Parameters<typeof work>) => drive(work(...args)));
      return async (...args) => whole(...args);
    },
    reads:
      (work) =>
      async (...args) =>
        drive(work(...args)),
    // What was overwritten still stands in the log of writes until that is emptied.
    scrub: async () => connection.exec('pragma wal_checkpoint(truncate)'),
  };
}

function drive<T>(work: Work<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next(rowsOf(step.value));
  return step.value;
}

function rowsOf({ statement, how, values }: Asked): unknown {
  const prepared = statement as PreparedStatement;
  switch (how) {
    case 'get':
      return prepared.get(...values);
    case 'all':
      return prepared.all(...values);
    case 'run':
      return prepared.run(...values);
  }
}
