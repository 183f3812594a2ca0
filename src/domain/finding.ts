/** Something that is wrong, or may be, in a file that a person wrote. Line and column count from 1. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** A short stable name, such as `unknown-key`. */
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly mend: string | null;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The lines around, with a caret under the place. Empty when there is no text to show (a missing file). */
  readonly frame: string;
}

/** A value, or everything that is wrong with it, all at once. Warnings may come with a value. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };
