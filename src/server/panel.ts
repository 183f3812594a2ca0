import type { Config } from '../domain/config.js';
import type { Actor } from '../domain/audit.js';
import type { Clock } from '../domain/time.js';
import type { EventKind } from '../domain/event.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { RulesState } from '../project/reload.js';
import type { UsedTable } from '../project/table-source.js';
import type { Reports } from '../store/ports/reports.js';
import type { AuditStore } from '../store/ports/audit.js';
import type { ContactStore } from '../store/ports/contacts.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { FunnelStore } from '../store/ports/funnels.js';
import type { HandStore } from '../store/ports/hand.js';
import type { JournalStore } from '../store/ports/journal.js';
import type { LabelStore } from '../store/ports/labels.js';
import type { TypingStore } from '../store/ports/typing.js';
import type { WebhookStore } from '../store/ports/webhooks.js';
import type { CommandResult, StoreCommand } from './control.js';
import type { OverviewStore } from './overview.js';
import type { Health } from '../domain/health.js';

/** A text of a person whom the reader of a demo's dashboard plays. */
export interface Play {
  readonly account: string;
  readonly from: string;
  readonly text: string;
  readonly kind: EventKind;
}

/** Access of the dashboard to the running program. */
export interface Panel {
  /** The active configuration, with the calendars and the rules path of the last reload. */
  readonly config: Config;
  readonly store: OverviewStore &
    FunnelStore &
    WebhookStore &
    LabelStore &
    DraftStore &
    HandStore &
    TypingStore &
    Pick<ContactStore, 'contacts'> &
    Pick<JournalStore, 'factsFor'> &
    Pick<AuditStore, 'auditOf'>;
  readonly reports: Reports;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly rules: () => RulesState;
  /** The active rules. */
  readonly set: () => CompiledSet;
  /** The FAQ tables of the active rules. */
  readonly tables: () => readonly UsedTable[];
  /** Texts for replies by hand. */
  readonly saved: () => readonly SavedReply[];
  /** Names of the environment variables that rules may refer to. */
  readonly variables: readonly string[];
  /**
   * Reads the rule files again, and activates them if they have no errors. Null if the program cannot reload
   * them.
   */
  readonly reload: (() => Promise<void>) | null;
  /** Runs a command of a person, and records who gave it. */
  readonly command: (command: StoreCommand, actor: Actor) => Promise<CommandResult>;
  /** Writes as a customer, in a demo. @default no demo */
  readonly play?: ((said: Play) => void) | undefined;
  /** Metrics in Prometheus' format. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  /** Calls the listener after every poll, decision or send. Returns a function that removes it. */
  readonly onChange: (listener: () => void) => () => void;
}
