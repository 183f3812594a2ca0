import type { Role } from './role.js';
import type { Instant } from './time.js';

/** A person who acts: the name of their token, or `cli`. */
export interface Actor {
  readonly by: string;
  /** @default owner, as for the command line */
  readonly role?: Role;
}

/** Action of a person as recorded in the audit trail. */
export type AuditAction =
  | 'draft_approve'
  | 'draft_edit'
  | 'draft_drop'
  | 'reply'
  | 'pause'
  | 'resume'
  | 'handoff_done'
  | 'outbox_retry'
  | 'outbox_discard'
  | 'webhook_retry'
  | 'webhook_discard'
  | 'label'
  | 'rule_edit'
  | 'forget';

/** The command line, which has no token. */
export const CLI: Actor = { by: 'cli' };

/** A person who acts, and when. */
export interface Act extends Actor {
  readonly at: Instant;
}

/** One action of a person. Holds no text. The subject of a pause may be a contact until `forget` or retention. */
export interface AuditEntry {
  readonly at: Instant;
  readonly by: string;
  readonly role: Role;
  readonly action: AuditAction;
  /** Subject of the action, such as `send 12`, `account:shop-ig` or `file faq.yaml`. */
  readonly subject: string;
}
