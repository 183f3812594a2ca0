import type { AuditStore } from './ports/audit.js';
import type { ContactStore } from './ports/contacts.js';
import type { DraftStore } from './ports/drafts.js';
import type { FunnelStore } from './ports/funnels.js';
import type { HandStore } from './ports/hand.js';
import type { JournalStore } from './ports/journal.js';
import type { LabelStore } from './ports/labels.js';
import type { OutboxStore } from './ports/outbox.js';
import type { OwnerStore } from './ports/owner.js';
import type { PollStore } from './ports/polls.js';
import type { TypingStore } from './ports/typing.js';
import type { WebhookStore } from './ports/webhooks.js';
import type { WorkStore } from './ports/work.js';

/**
 * The journal, the outbox and the data of contacts: the sum of the ports, of which each consumer uses a part.
 * Every method is one transaction: a process that dies loses a whole call or nothing. Methods throw
 * StoreError if the store itself is broken.
 */
export interface Store
  extends
    PollStore,
    JournalStore,
    FunnelStore,
    ContactStore,
    OutboxStore,
    WebhookStore,
    OwnerStore,
    AuditStore,
    DraftStore,
    HandStore,
    LabelStore,
    TypingStore,
    WorkStore {
  close(): Promise<void>;
}
