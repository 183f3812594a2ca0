import type { Config } from './config.js';
import type { Finding } from './finding.js';

/** Name of the only workspace of a configuration without `workspaces`. */
export const ONLY_WORKSPACE = 'default';

/** A workspace whose files have errors, with the errors. */
export interface BrokenWorkspace {
  readonly workspace: string;
  /** Configuration of the workspace, if only its rules have errors; null if the configuration has errors. */
  readonly config: Config | null;
  readonly findings: readonly Finding[];
}

/**
 * The result of reading each workspace of an installation. Errors in one of several workspaces exclude only
 * that one. With errors in shared values, or in the only workspace, none can be used.
 */
export type CheckedEach<T> =
  | {
      readonly ok: true;
      readonly value: readonly T[];
      readonly broken: readonly BrokenWorkspace[];
      readonly warnings: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** True if there is only one workspace: its errors are errors of the installation. */
export function isOnly({
  value,
  broken,
}: {
  readonly value: readonly unknown[];
  readonly broken: readonly BrokenWorkspace[];
}): boolean {
  return value.length + broken.length === 1;
}
