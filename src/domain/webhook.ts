import type { Instant } from './time.js';
import type { Transitions } from './transitions.js';

/** `pending` waits for its time; the others are final. `dead`: given up after as many attempts as there are. */
export const WEBHOOK_STATES = ['pending', 'delivered', 'dead', 'discarded'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

export type WebhookStep = 'end' | 'retry' | 'discard' | 'forget';

/** Every allowed change of a webhook's state, by what brings it about. */
export const WEBHOOK_STEPS: Readonly<Record<WebhookStep, Transitions<WebhookState>>> = {
  /** An attempt has ended; `pending` again when it failed and is to be retried. */
  end: { pending: ['pending', 'delivered', 'dead'] },
  retry: { dead: ['pending'], discarded: ['pending'] },
  discard: { pending: ['discarded'], dead: ['discarded'] },
  /** The contact's data is deleted. */
  forget: { pending: ['discarded'] },
};

/** What another program is told. It is sent until it is taken: at least once, and seldom twice. */
export interface Webhook {
  readonly id: number;
  /** The same at each attempt, so that the receiver can tell that it had it before. */
  readonly key: string;
  readonly eventId: string;
  readonly rule: string;
  readonly account: string;
  readonly contactId: string;
  readonly url: string;
  /** The environment variable that signs it, as `${NAME}`; null: it is not signed. */
  readonly secret: string | null;
  /** JSON. */
  readonly body: string;
  readonly state: WebhookState;
  readonly detail: string | null;
  readonly attempts: number;
  readonly notBefore: Instant;
  readonly createdAt: Instant;
}

export type WebhookEnd =
  | { readonly state: 'delivered'; readonly detail: string }
  | { readonly state: 'pending'; readonly detail: string; readonly notBefore: Instant }
  | { readonly state: 'dead'; readonly detail: string };
