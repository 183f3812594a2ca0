import type { HeaderTemplates, WebhookMethod } from './request.js';
import type { Instant } from './time.js';
import type { Transitions } from './transitions.js';

/**
 * `pending` waits for its time; the others are final. `dead`: a dead letter, given up after the maximum
 * number of attempts.
 */
export const WEBHOOK_STATES = ['pending', 'delivered', 'dead', 'discarded'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

export type WebhookStep = 'end' | 'retry' | 'discard' | 'forget';

/** Every allowed change of a webhook's state, by its cause. */
export const WEBHOOK_STEPS: Readonly<Record<WebhookStep, Transitions<WebhookState>>> = {
  /** Changes after an attempt; back to `pending` if it failed and will be retried. */
  end: { pending: ['pending', 'delivered', 'dead'] },
  retry: { dead: ['pending'], discarded: ['pending'] },
  discard: { pending: ['discarded'], dead: ['discarded'] },
  /** Changes when the contact's data is deleted. */
  forget: { pending: ['discarded'] },
};

/** An outgoing webhook. It is sent until the receiver accepts it: at least once, rarely twice. */
export interface Webhook {
  readonly id: number;
  /** Idempotency key: the same at each attempt, so that the receiver can detect duplicates. */
  readonly key: string;
  readonly eventId: string;
  readonly rule: string;
  readonly account: string;
  readonly contactId: string;
  /** Address as written in the rule. */
  readonly url: string;
  /** Rendered address, which may contain data of the contact; null if it is `url`. */
  readonly target: string | null;
  readonly method: WebhookMethod;
  /** Further headers, with the names of environment variables as `${NAME}`. */
  readonly headers: HeaderTemplates;
  /** The environment variable of the signing secret, as `${NAME}`; null if unsigned. */
  readonly secret: string | null;
  /** Payload; empty for none. */
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
