/**
 * Ends the command with an exit code and a message; the only kind of error that commands throw on purpose.
 */
export class Exit extends Error {
  override readonly name = 'Exit';

  constructor(
    readonly code: 0 | 1 | 2,
    message = '',
  ) {
    super(message);
  }
}
