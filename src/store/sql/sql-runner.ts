// Database-independent interface of the store. A transaction is a generator: it yields statements one after
// the other, and a driver runs them, synchronously on an embedded database and awaited on a server. So the
// domain's queries are written once and behave the same on both.

/** Statements of one transaction in order, with a result computed from their rows. */
export type Work<T> = Generator<Query, T, unknown>;

/** A statement to be run. `run` returns the number of changed rows. */
export interface Query {
  readonly statement: unknown;
  readonly how: 'get' | 'all' | 'run';
  readonly values: readonly unknown[];
}

/** Prepares a statement once. Parameters are `?` in order, or `@name` of a single object. */
export interface Statement {
  /** The first row; undefined if there is no row. */
  get(...values: readonly unknown[]): Work<unknown>;
  all(...values: readonly unknown[]): Work<unknown[]>;
  run(...values: readonly unknown[]): Work<{ readonly changes: number }>;
}

/** The database of one workspace. */
export interface SqlRunner {
  /** Prepares a statement. `sql` uses the common dialect; see `translate` for the exceptions. */
  prepare(sql: string): Statement;
  /** Wraps work into an atomic transaction that is isolated from the other transactions of the workspace. */
  transaction<A extends unknown[], R>(work: (...args: A) => Work<R>): (...args: A) => Promise<R>;
  /** Wraps read-only work. Other transactions may write between its statements. */
  reads<A extends unknown[], R>(work: (...args: A) => Work<R>): (...args: A) => Promise<R>;
  /** Removes overwritten data from the files as well, as far as the database can do that. */
  scrub(): Promise<void>;
}

/** Wraps a statement of a dialect for use in a transaction. */
export function statementOf(statement: unknown): Statement {
  return {
    *get(...values) {
      return yield { statement, how: 'get', values };
    },
    *all(...values) {
      return (yield { statement, how: 'all', values }) as unknown[];
    },
    *run(...values) {
      return (yield { statement, how: 'run', values }) as { changes: number };
    },
  };
}
