/** Ends the command with a code and what to say about it; the one kind of error that the commands throw on purpose. */
export class Exit extends Error {
  override readonly name = 'Exit';

  constructor(
    readonly code: 0 | 1 | 2,
    message = '',
  ) {
    super(message);
  }
}
