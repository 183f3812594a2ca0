import type { Config } from './config.js';
import type { Finding } from './finding.js';

/** A workspace of several that cannot be used as its files are written, and why. */
export interface BrokenWorkspace {
  readonly workspace: string;
  /** Null: its configuration has errors. Else its rules have. */
  readonly config: Config | null;
  readonly findings: readonly Finding[];
}

/**
 * What was read of each workspace of an installation. Errors of one of several keep none of the others from being used;
 * errors of what they share, or of the only one, leave nothing.
 */
export type CheckedEach<T> =
  | {
      readonly ok: true;
      readonly value: readonly T[];
      readonly broken: readonly BrokenWorkspace[];
      readonly warnings: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Whether there is only one, whose errors are those of the installation. */
export function isOnly({
  value,
  broken,
}: {
  readonly value: readonly unknown[];
  readonly broken: readonly BrokenWorkspace[];
}): boolean {
  return value.length + broken.length === 1;
}
