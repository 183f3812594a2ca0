/**
 * An error of the store itself, which is broken, locked by another process, linked under another name, or of a newer release. The
 * message contains the fix.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code:
      | 'locked'
      | 'linked'
      | 'refused'
      | 'newer'
      | 'unreadable'
      | 'damaged'
      | 'missing'
      | 'full'
      | 'fenced'
      | 'moved'
      | 'other_customer'
      | 'clock'
      | 'away',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
