import type { BlotatoClient } from '../../blotato/client.js';
import type { AccountConfig } from '../../domain/config.js';
import type { Clock, Millis } from '../../domain/time.js';
import type { OutboxStore, SendBudget } from '../../store/ports/outbox.js';
import type { PollStore } from '../../store/ports/polls.js';
import type { GuardSettings } from '../guards/guard.js';

/** What the steps of an attempt work with: the store, the API, and what the configuration says. */
export interface Sending {
  readonly store: OutboxStore & Pick<PollStore, 'recordDeliveries' | 'ownIds'>;
  readonly client: BlotatoClient;
  readonly clock: Clock;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly budget: Pick<SendBudget, 'perMinute' | 'perHourPerAccount'>;
  readonly ambiguous: 'resend_once' | 'leave';
  /** How long until the API lists what it took. */
  readonly visibleWithin: Millis;
  /** How long after an answer of 201 to look for the final status, if no list brought it by then. */
  readonly confirmAfter: Millis;
  /** After this long the client gives a request up. */
  readonly requestTimeout: Millis;
  /** A claimed send leaves within this time or not at all. @default WORKER_TIMES.claimedMost */
  readonly claimedMost?: Millis | undefined;
  /** Aborted when what is in flight has to be cut off. */
  readonly signal: AbortSignal;
}
