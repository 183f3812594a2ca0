import type { Config } from '../domain/config.js';
import type { Clock } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Project } from '../project/project.js';
import type { RulesState } from '../project/reload.js';
import type { Reports } from '../store/reports.js';
import type { FunnelStore } from '../store/ports/funnels.js';
import type { WebhookStore } from '../store/ports/webhooks.js';
import type { CommandResult, StoreCommand } from './control.js';
import type { OverviewStore } from './overview.js';
import type { Health } from '../domain/health.js';

/** What the dashboard sees of the running program, and may do to it. */
export interface Panel {
  readonly config: Config;
  readonly store: OverviewStore & FunnelStore & WebhookStore;
  readonly reports: Reports;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly rules: () => RulesState;
  /** Those in force. */
  readonly set: () => CompiledSet;
  /** The project as its files have it now, with the tests of its rules; null while they have faults. */
  readonly project: () => Promise<Project | null>;
  readonly command: (command: StoreCommand) => Promise<CommandResult>;
  /** In Prometheus' format. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  /** Calls the listener whenever something was read, decided or sent. Returns what ends that. */
  readonly onChange: (listener: () => void) => () => void;
}
