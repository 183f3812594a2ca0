// What the store says to a database, whichever it is. The work of a transaction is a generator: it asks for statements
// one after the other, and whoever drives it runs them, at once on an embedded database and awaited on a server. So the
// words of the domain are written once, and behave alike on both.

/** Statements of one transaction, in their order, and what follows from their rows. */
export type Work<T> = Generator<Query, T, unknown>;

/** A statement that is to be run. `run` returns how many rows changed. */
export interface Query {
  readonly statement: unknown;
  readonly how: 'get' | 'all' | 'run';
  readonly values: readonly unknown[];
}

/** Prepared once. Parameters are `?` in their order, or `@name` of the one object that is given. */
export interface Statement {
  /** The first row; undefined: none. */
  get(...values: readonly unknown[]): Work<unknown>;
  all(...values: readonly unknown[]): Work<unknown[]>;
  run(...values: readonly unknown[]): Work<{ readonly changes: number }>;
}

/** A database of one workspace. */
export interface SqlRunner {
  /** `sql` in the words that both dialects know; see `translate` for what is put into other words. */
  prepare(sql: string): Statement;
  /** Makes a function whose work is done whole or not at all, and beside no other transaction of the workspace. */
  transaction<A extends unknown[], R>(work: (...args: A) => Work<R>): (...args: A) => Promise<R>;
  /** The same for work that only reads. Others may write between its statements. */
  reads<A extends unknown[], R>(work: (...args: A) => Work<R>): (...args: A) => Promise<R>;
  /** What was overwritten must not be found in the files either, as far as the database can do that. */
  scrub(): Promise<void>;
}

/** The statement of a dialect in the words of a transaction. */
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
