import { createHash } from 'node:crypto';
import type { SourceRow } from './source.js';
import type { Resource } from '../store/ports/polls.js';

/**
 * Cache of the rows known to the store, from the last pages of each list. Most polls find the same rows as
 * before; then the store need not be queried. Lost with the process: then the store is queried.
 */
export interface Seen {
  /** True if the store is known to have all of the rows, with their current status. */
  has(resource: Resource, rows: readonly SourceRow[]): boolean;
  /** Records that the store has all of the rows, with their current status. */
  add(resource: Resource, rows: readonly SourceRow[]): void;
  /** Forgets all rows. */
  clear(): void;
}

export function createSeen(): Seen {
  const last = new Map<Resource, string>();
  return {
    has: (resource, rows) => rows.length > 0 && last.get(resource) === digestOf(rows),
    add: (resource, rows) => last.set(resource, digestOf(rows)),
    clear: () => last.clear(),
  };
}

/** Digest of the parts of a row that each poll compares: its existence and its delivery status. */
function digestOf(rows: readonly SourceRow[]): string {
  const hash = createHash('sha256');
  for (const { id, delivery } of rows) {
    hash.update(
      JSON.stringify([id, delivery.status, delivery.refusal?.detail ?? null, delivery.conversationId]),
    );
  }
  return hash.digest('base64');
}
