import type { AuditEntry } from '../../domain/audit.js';

/** Actions of people. Entries are written in the transaction of the action itself. */
export interface AuditStore {
  /** All entries, oldest first. `subject`: those about it. */
  audit(query?: { readonly subject?: string }): Promise<readonly AuditEntry[]>;
}
