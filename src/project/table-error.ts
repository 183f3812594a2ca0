/** Error of a failed attempt to read a table, with the fix. */
export class TableError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}
