import type { Instant } from '../../domain/time.js';
import type { Webhook, WebhookEnd, WebhookState } from '../../domain/webhook.js';

/** Webhooks: the same outbox pattern for calls to other services. Every method is one transaction. */
export interface WebhookStore {
  /** Those whose time has come, the longest due first. */
  dueWebhooks(now: Instant, limit: number): Promise<readonly Webhook[]>;
  nextWebhookAt(): Promise<Instant | null>;
  /** Counts the attempt. Nothing changes when it was ended by somebody else. */
  endWebhook(webhook: Webhook, how: WebhookEnd, now: Instant): Promise<void>;
  /** Newest first. */
  webhooks(query: {
    readonly states?: readonly WebhookState[];
    readonly limit: number;
  }): Promise<readonly Webhook[]>;
  retryWebhook(id: number, now: Instant): Promise<Webhook | null>;
  discardWebhook(id: number, now: Instant): Promise<Webhook | null>;
}
