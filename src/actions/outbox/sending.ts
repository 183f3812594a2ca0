import type { BlotatoClient } from '../../blotato/client.js';
import type { AccountConfig } from '../../domain/config.js';
import type { Clock, Millis } from '../../domain/time.js';
import type { OutboxStore, SendBudget } from '../../store/ports/outbox.js';
import type { PollStore } from '../../store/ports/polls.js';
import type { GuardSettings } from '../guards/guard.js';

/** Dependencies and settings of the steps of an attempt. */
export interface Sending {
  readonly store: OutboxStore & Pick<PollStore, 'recordDeliveries' | 'ownIds'>;
  readonly client: BlotatoClient;
  readonly clock: Clock;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly budget: Pick<SendBudget, 'perMinute' | 'perHourPerAccount'>;
  readonly ambiguous: 'resend_once' | 'leave';
  /** Time until the API lists an accepted send. */
  readonly visibleWithin: Millis;
  /** Time after a 201 at which the final status is checked, if no list provided it by then. */
  readonly confirmAfter: Millis;
  /** Timeout of a request. */
  readonly requestTimeout: Millis;
  /** A claimed send leaves within this time or not at all. @default WORKER_TIMES.claimedMost */
  readonly claimedMost?: Millis | undefined;
  /** Signal that is aborted to cut off requests in progress. */
  readonly signal: AbortSignal;
}
