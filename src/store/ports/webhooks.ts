import type { Actor } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type { Webhook, WebhookEnd, WebhookState } from '../../domain/webhook.js';

/** Webhooks: the same outbox pattern for calls to other services. Every method is one transaction. */
export interface WebhookStore {
  /** Due webhooks, longest due first. */
  dueWebhooks(now: Instant, limit: number): Promise<readonly Webhook[]>;
  nextWebhookAt(): Promise<Instant | null>;
  /** Records the end of an attempt and counts it. Changes nothing if the webhook is no longer pending. */
  endWebhook(webhook: Webhook, how: WebhookEnd, now: Instant): Promise<void>;
  /** Webhooks, newest first. */
  webhooks(query: {
    readonly states?: readonly WebhookState[];
    readonly limit: number;
    /** Filter for webhooks with a lower number. */
    readonly before?: number;
  }): Promise<readonly Webhook[]>;
  retryWebhook(id: number, now: Instant, actor?: Actor): Promise<Webhook | null>;
  discardWebhook(id: number, now: Instant, actor?: Actor): Promise<Webhook | null>;
}
