import { HOUR, type Clock, type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Webhook, WebhookEnd } from '../../domain/webhook.js';
import { createDueLoop, type DueLoop } from '../loop/due-loop.js';
import { post, type PostParts } from './post.js';
import type { WebhookStore } from '../../store/ports/webhooks.js';

export interface WebhookParts extends Pick<PostParts, 'allowHosts' | 'env'> {
  readonly store: WebhookStore;
  readonly clock: Clock;
  /** Timeout of one attempt. @default 10 seconds */
  readonly timeout?: Millis;
  /** True once no further webhook is sent in this cycle, except the first ones. @default never */
  readonly isOver?: () => boolean;
  readonly onEnd: (webhook: Webhook, end: WebhookEnd) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Sends what is due. A stop aborts running requests: they are sent again with the same idempotency key. */
export type WebhookSender = DueLoop;

/**
 * Exponential backoff: ten seconds, then three times as long each time, up to six hours; about a day and a
 * half in all.
 */
const FIRST_WAIT = 10 * SECOND;
const GROWTH = 3;
const LONGEST_WAIT = 6 * HOUR;
export const MOST_ATTEMPTS = 13;
const GONE = 410;
const TIMEOUT = 10 * SECOND;

/** Sends the webhooks of rules, with retries until the receiver accepts them or they are given up. */
export function createWebhooks(parts: WebhookParts): WebhookSender {
  const { store, clock, isOver, onTrouble } = parts;
  return createDueLoop({
    ...{ clock, isOver, onTrouble, what: 'sending a webhook' },
    due: (now, limit) => store.dueWebhooks(now, limit),
    nextAt: () => store.nextWebhookAt(),
    handle: (webhook, signal) => tell(webhook, parts, signal),
  });
}

/** Makes one attempt and commits its result. */
async function tell(webhook: Webhook, parts: WebhookParts, signal: AbortSignal): Promise<void> {
  const { store, clock, onEnd, allowHosts, env, timeout = TIMEOUT } = parts;
  const end = await post(webhook, { allowHosts, env, timeout, now: clock(), signal }).then(
    ({ status, retryAfter }) => endOf(webhook, { status, retryAfter, now: clock() }),
    (error: unknown) => again(webhook, said(error), { retryAfter: null, now: clock() }),
  );
  // After an abort by a stop nothing is committed: the next start sends the webhook.
  if (signal.aborted && end.state !== 'delivered') return;
  await store.endWebhook(webhook, end, clock());
  onEnd(webhook, end);
}

interface Response {
  readonly status: number;
  readonly retryAfter: Millis | null;
  readonly now: Instant;
}

function endOf(webhook: Webhook, answer: Response): WebhookEnd {
  const { status } = answer;
  if (status >= 200 && status < 300) return { state: 'delivered', detail: `responded with ${status}` };
  if (status === GONE) return { state: 'dead', detail: 'the receiver refuses further webhooks (410)' };
  if (status >= 300 && status < 400) {
    return again(
      webhook,
      `responded with a redirect (${status}), which is not followed: write the final address`,
      answer,
    );
  }
  return again(webhook, `responded with ${status}`, answer);
}

function again(
  { attempts }: Webhook,
  detail: string,
  { retryAfter, now }: Pick<Response, 'retryAfter' | 'now'>,
): WebhookEnd {
  if (attempts + 1 >= MOST_ATTEMPTS)
    return { state: 'dead', detail: `${detail}; given up after ${MOST_ATTEMPTS} attempts` };
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** attempts);
  // Partly random, so that webhooks that failed together are not retried together.
  const chosen = Math.round(wait * (0.75 + Math.random() / 4));
  const asked = Math.min(retryAfter ?? 0, LONGEST_WAIT);
  return { state: 'pending', detail, notBefore: now + Math.max(chosen, asked) };
}

function said(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === '' && error instanceof Error ? error.name : text;
}
