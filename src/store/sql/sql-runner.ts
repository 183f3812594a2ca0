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

/**
 * A prepared statement of a dialect and the type of its rows, each converted by `map` if that is given. Parameters are `?`
 * in order, or `@name` of a single object. A class, since thousands of quiet workspaces keep their statements.
 */
export class Statement<Row = unknown> {
  constructor(
    private readonly statement: unknown,
    private readonly map?: (row: never) => Row,
  ) {}

  /** The first row; undefined if there is no row. */
  *get(...values: readonly unknown[]): Work<Row | undefined> {
    const row = yield { statement: this.statement, how: 'get', values };
    return row === undefined ? undefined : this.mapped(row);
  }

  /** The only row of a query that always has one, such as a sum. */
  *one(...values: readonly unknown[]): Work<Row> {
    return this.mapped(yield { statement: this.statement, how: 'get', values });
  }

  /** The only column of that row. */
  *value(...values: readonly unknown[]): Work<Row[keyof Row]> {
    return Object.values((yield* this.one(...values)) as object)[0] as Row[keyof Row];
  }

  *all(...values: readonly unknown[]): Work<Row[]> {
    const rows = (yield { statement: this.statement, how: 'all', values }) as unknown[];
    return this.map ? rows.map((row) => this.mapped(row)) : (rows as Row[]);
  }

  *run(...values: readonly unknown[]): Work<{ readonly changes: number }> {
    return (yield { statement: this.statement, how: 'run', values }) as { changes: number };
  }

  private mapped(row: unknown): Row {
    return this.map ? this.map(row as never) : (row as Row);
  }
}

/**
 * Whether the transaction of a workspace may be committed with those of others that come at the same time. Its work may
 * run again after a failure then.
 * - alone: it may not.
 * - shared: it may.
 * - aside: it may, and stores nothing that a poll handles.
 */
export type Sharing = 'alone' | 'shared' | 'aside';

/** The database of one workspace. */
export interface SqlRunner {
  /**
   * Prepares a statement once. `sql` uses the common dialect; see `translate` for the exceptions. `map` converts each
   * row.
   */
  prepare<Row, Mapped = Row>(sql: string, map?: (row: Row) => Mapped): Statement<Mapped>;
  /**
   * Wraps work into an atomic transaction that is isolated from the other transactions of the workspace.
   * @default alone
   */
  transaction<A extends unknown[], R>(
    work: (...args: A) => Work<R>,
    sharing?: Sharing | ((...args: A) => Sharing),
  ): (...args: A) => Promise<R>;
  /**
   * Number of transactions of this workspace that may have stored something for a poll, all but those aside; undefined
   * if they are not counted.
   */
  readonly stored?: () => number;
  /**
   * Wraps read-only work. Other transactions may write between its statements. `isShared`: runs beside reads of other
   * workspaces that come at the same time. @default false
   */
  reads<A extends unknown[], R>(
    work: (...args: A) => Work<R>,
    isShared?: boolean,
  ): (...args: A) => Promise<R>;
  /** Removes overwritten data from the files as well, as far as the database can do that. */
  scrub(): Promise<void>;
}
