import { backoff } from '../blotato/throttle.js';
import { type Clock, type Instant, type Millis, MINUTE } from '../domain/time.js';

/** Interval of repeated log lines about a failing conversation. */
const LOG_EVERY: Millis = 10 * MINUTE;
/**
 * Maximum number of remembered conversations. The oldest one beyond it is forgotten, and so retried earlier.
 */
const MOST = 1_000;

interface Failure {
  tries: number;
  retryAt: Instant;
  loggedAt: Instant;
  detail: string;
}

/**
 * Conversations that could not be read, with the time of their next try. Lost with the process: then all are
 * tried.
 */
export interface ConversationFailures {
  /** The reason why a conversation waits for its next try; null if it may be read. */
  waits(conversationId: string): string | null;
  failed(conversationId: string, error: unknown): void;
  worked(conversationId: string): void;
  /**
   * True if a conversation that seems to belong to no configured account should be queried again; at most
   * once a minute for each.
   */
  mayAskAgain(conversationId: string): boolean;
}

export interface ConversationFailuresOptions {
  readonly clock: Clock;
  readonly logger: {
    warn(what: object, message: string): void;
    error(what: object, message: string): void;
    info(what: object, message: string): void;
  };
}

export function createConversationFailures({
  clock,
  logger,
}: ConversationFailuresOptions): ConversationFailures {
  const failures = new Map<string, Failure>();
  const askedAt = new Map<string, Instant>();
  return {
    waits(conversationId) {
      const failure = failures.get(conversationId);
      return failure !== undefined && clock() < failure.retryAt ? failure.detail : null;
    },
    failed(conversationId, error) {
      const now = clock();
      const before = failures.get(conversationId);
      const tries = (before?.tries ?? 0) + 1;
      const detail = error instanceof Error ? error.message : String(error);
      const isLogged = before === undefined || now - before.loggedAt >= LOG_EVERY;
      const loggedAt = isLogged ? now : before.loggedAt;
      failures.set(conversationId, { tries, retryAt: now + backoff(tries), loggedAt, detail });
      const [oldest] = failures.keys();
      if (failures.size > MOST && oldest !== undefined) failures.delete(oldest);
      const what = { conversation: conversationId, tries, err: error };
      if (!isLogged) return;
      if (before === undefined) logger.warn(what, 'conversation could not be read; its messages wait');
      else logger.error(what, 'conversation still cannot be read; its messages wait');
    },
    mayAskAgain(conversationId) {
      const now = clock();
      if (now - (askedAt.get(conversationId) ?? -Infinity) < MINUTE) return false;
      askedAt.delete(conversationId);
      askedAt.set(conversationId, now);
      const [oldest] = askedAt.keys();
      if (askedAt.size > MOST && oldest !== undefined) askedAt.delete(oldest);
      return true;
    },
    worked(conversationId) {
      if (!failures.delete(conversationId)) return;
      logger.info({ conversation: conversationId }, 'conversation can be read again');
    },
  };
}
