import { DAY, HOUR, type Millis, SECOND } from '../../domain/time.js';
import type { LinkedNotice } from '../../domain/notice.js';

/** A request in the form of a service. */
export interface ChatRequest {
  readonly url: URL;
  readonly body: object;
}

export interface ChatResponse {
  readonly status: number;
  readonly text: string;
  /** Value of the header `Retry-After`, null if not set. */
  readonly retryAfter: string | null;
}

/** A service for messages between people that takes notices in a form of its own. */
export interface ChatService {
  readonly name: 'slack' | 'discord' | 'telegram';
  /** Number of the first notices that fit into one message; at least one. */
  readonly fitting: (notices: readonly LinkedNotice[], title: string) => number;
  readonly request: (notices: readonly LinkedNotice[], title: string) => ChatRequest;
  /** The refusal by the service, null if it accepted the message. */
  readonly refusal: (response: ChatResponse) => ChatRefusal | null;
  /** Values that must not appear in an error. */
  readonly secrets: readonly string[];
}

/** A refusal in the words of the service. */
export interface ChatRefusal {
  readonly status: number;
  /** Code or description by the service; empty if it gave none. */
  readonly why: string;
  /** Wait that the service asked for. */
  readonly wait: Millis | null;
  /** The service wants the same message at another place: a changed request. */
  readonly movedTo?: string;
}

/** A channel that refuses notices. While `wait` lasts, it is not called again. */
export class ChannelRefusedError extends Error {
  override readonly name = 'ChannelRefusedError';
  /** True if the service only asks for fewer messages. */
  readonly isLimit: boolean;

  constructor(
    message: string,
    readonly wait: Millis,
    { isLimit }: { readonly isLimit: boolean },
  ) {
    super(message);
    this.isLimit = isLimit;
  }
}

const LONGEST_WAIT: Millis = DAY;
const LONGEST_WHY = 200;

/**
 * The wait after a refusal. A service that limits says how long (Slack and Discord in `Retry-After`, Discord also in
 * `retry_after` of the body, Telegram in `parameters.retry_after`). Any other 4xx stays until somebody changes the
 * configuration or the channel; Discord restricts callers that use a webhook again after 404. 0: at the next run.
 */
export function waitAfter({ status, wait }: ChatRefusal): Millis {
  if (status === 429) return Math.min(wait ?? 30 * SECOND, LONGEST_WAIT);
  if (status < 400 || status >= 500 || status === 408) return Math.min(wait ?? 0, HOUR);
  return status === 400 ? HOUR : DAY;
}

/** Number of the first notices that fit into a message with its title, whose length comes first; at least one. */
export function fitting([title = 0, ...lengths]: readonly number[], most: number): number {
  let length = title;
  const full = lengths.findIndex((each) => (length += each) > most);
  return full === -1 ? lengths.length : Math.max(1, full);
}

/** Seconds in milliseconds; null unless it is a number of at least 0. */
export function seconds(value: unknown): Millis | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? Math.ceil(number * SECOND)
    : null;
}

/** A JSON object; empty for any other text. */
export function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A text of the service, short enough for one line. */
export function said(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_WHY) : '';
}
