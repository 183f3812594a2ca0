import type { AuditStore } from './audit.js';
import type { ContactStore } from './contacts.js';
import type { DraftStore } from './drafts.js';
import type { FunnelStore } from './funnels.js';
import type { HandStore } from './hand.js';
import type { JournalStore } from './journal.js';
import type { LabelStore } from './labels.js';
import type { LinkStore } from './links.js';
import type { OutboxStore } from './outbox.js';
import type { OwnerStore } from './owner.js';
import type { PollStore } from './polls.js';
import type { TypingStore } from './typing.js';
import type { WebhookStore } from './webhooks.js';
import type { WorkStore } from './work.js';

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
    LinkStore,
    TypingStore,
    WorkStore {
  close(): Promise<void>;
}
