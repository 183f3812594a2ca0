import type { Config } from '../domain/config.js';
import type { Clock } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import { type AccountWatch, createAccountWatch } from './account-watch.js';
import { type AutomationWatch, createAutomationWatch } from './automation-watch.js';
import { type ConversationFailures, createConversationFailures } from './conversation-failures.js';
import { createPace, type Pace } from './pace.js';
import { createReadHealth, type ReadHealth } from './read-health.js';
import { createSeen, type Seen } from './seen.js';
import type { Resource } from '../store/ports/polls.js';

/**
 * Per-workspace state kept between poll cycles. It is lost with the process, which costs a few reads;
 * everything that must not be lost is in the store.
 */
export interface PollingMemory {
  paceOf(resource: Resource): Pace;
  readonly seen: Seen;
  readonly readHealth: ReadHealth;
  readonly accounts: AccountWatch;
  readonly automations: AutomationWatch;
  readonly failures: ConversationFailures;
  /** The rules whose `next` posts the store already watches. */
  watched: CompiledSet | null;
}

export interface PollingMemoryOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createPollingMemory(options: PollingMemoryOptions): PollingMemory {
  const { readsPerMinute } = options.config.throttle;
  const paces: Partial<Record<Resource, Pace>> = {};
  return {
    paceOf: (resource) => (paces[resource] ??= createPace({ readsPerMinute })),
    seen: createSeen(),
    readHealth: createReadHealth(options),
    accounts: createAccountWatch(options),
    automations: createAutomationWatch(options),
    failures: createConversationFailures(options),
    watched: null,
  };
}
