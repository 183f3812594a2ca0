import type { EventKind, Platform } from './event.js';

/** A message or comment that demonstrates a finding; usable as input of `explain`. */
export interface Example {
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly account: string;
  readonly text: string;
  /** Time of the event, in ISO 8601. */
  readonly at: string;
  readonly contact: { readonly name: string | null; readonly username: string | null };
  readonly post: string | null;
  readonly isReply: boolean;
  /** True if the contact never wrote to this account before. */
  readonly firstContact: boolean;
  /** Effect of the rules on the example event, as a sentence. */
  readonly shows: string;
}

/** A problem, or possible problem, in a file written by a person. Line and column count from 1. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** A short stable name, such as `unknown-key`. */
  readonly code: string;
  readonly message: string;
  /** Suggested fix. */
  readonly fix: string | null;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /**
   * The surrounding lines, with a caret under the place. Empty if there is no text to show (a missing file).
   */
  readonly frame: string;
  /** An event that demonstrates the problem. Only warnings have one. */
  readonly example?: Example;
}

/** A value, or all its errors at once. Warnings may come with a value. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** `file:line:column: message`, the form used in the log and sent to the dashboard. */
export function lineOf({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}
