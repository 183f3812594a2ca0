import type { Role } from './role.js';
import type { Instant } from './time.js';

/** A person who acts: the name of their token, or `cli`. */
export interface Actor {
  readonly by: string;
  /** @default owner, as for the command line */
  readonly role?: Role;
}

/** One action of a person. Holds no text and no contact. */
export interface AuditEntry {
  readonly at: Instant;
  readonly by: string;
  readonly role: Role;
  readonly action: 'draft_approve' | 'draft_edit' | 'draft_drop' | 'reply';
  /** Subject of the action, such as `send 12`. */
  readonly subject: string;
}
