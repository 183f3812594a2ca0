import { createHash } from 'node:crypto';
import type { SourceRow } from './source.js';
import type { Resource } from '../store/ports/polls.js';

/**
 * Which rows the store knows, by the last pages of each list. Most polls find what the one before found; then nobody has
 * to be asked. Lost with the process: the store is asked then.
 */
export interface Seen {
  /** Whether the store knows all of the rows, with the status that they have. */
  has(resource: Resource, rows: readonly SourceRow[]): boolean;
  /** The store knows all of them. */
  add(resource: Resource, rows: readonly SourceRow[]): void;
  /** Nothing is known of any row. */
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

/** Of all that is read from a row again and again: that it is there, and how it is with its delivery. */
function digestOf(rows: readonly SourceRow[]): string {
  const hash = createHash('sha256');
  for (const { id, delivery } of rows) {
    hash.update(
      JSON.stringify([id, delivery.status, delivery.refusal?.detail ?? null, delivery.conversationId]),
    );
  }
  return hash.digest('base64');
}
