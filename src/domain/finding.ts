import type { EventKind, Platform } from './event.js';

/** A message or comment that shows what a finding says: what to give to `explain` to see it. */
export interface Example {
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly account: string;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  readonly contact: { readonly name: string | null; readonly username: string | null };
  readonly post: string | null;
  readonly isReply: boolean;
  /** False: the contact wrote to this account before. */
  readonly firstContact: boolean;
  /** What becomes of it, in words. */
  readonly shows: string;
}

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
  /** An event that shows it. Only warnings have one. */
  readonly example?: Example;
}

/** A value, or everything that is wrong with it, all at once. Warnings may come with a value. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** `file:line:column: message`, as faults stand in the log and travel to the dashboard. */
export function lineOf({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}
