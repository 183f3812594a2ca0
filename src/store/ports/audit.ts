import type { Act, AuditEntry } from '../../domain/audit.js';

/** Actions of people. An action on the store writes its entry in its own transaction. */
export interface AuditStore {
  /** All entries, oldest first. `subject`: those about it. */
  audit(query?: { readonly subject?: string }): Promise<readonly AuditEntry[]>;
  /**
   * Entries about an event, oldest first: its sends, handoffs, webhooks and judgements, and the pauses of its contact
   * and conversation; if it got no reply because of a pause, the latest pause of its account or of everything too.
   */
  auditOf(eventId: string): Promise<readonly AuditEntry[]>;
  /** Records an action on something outside the store, such as a rule file. */
  recordAct(what: Pick<AuditEntry, 'action' | 'subject'>, act: Act): Promise<void>;
}
