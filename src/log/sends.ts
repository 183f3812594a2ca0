import type { AttemptResult } from '../domain/attempt.js';
import type { Send } from '../domain/send.js';
import type { Logger } from './logger.js';

/** Logs the result of an attempt. */
export function logAttempt(logger: Logger, send: Send, { end }: AttemptResult): void {
  const detail = 'detail' in end ? end.detail : end.status;
  logger[levelOf({ state: end.state, reason: 'reason' in end ? (end.reason ?? null) : null }, 'info')](
    { ...namesOf(send), state: end.state, detail },
    'send attempted',
  );
}

/**
 * Logs the end of a send after its attempt, caused by a list, a check or the end of its window. A successful
 * delivery is logged at debug level.
 */
export function logEnd(logger: Logger, send: Send): void {
  const { state, reason, detail } = send;
  const quiet = state === 'stopped' ? 'info' : 'debug';
  logger[levelOf(send, quiet)]({ ...namesOf(send), state, reason, detail }, 'send ended');
}

function namesOf({ id, eventId, rule, action, account }: Send): object {
  return { send: id, event: eventId, rule, action, account };
}

/** A private reply used by another tool is not an error. */
function levelOf(
  { state, reason }: { readonly state: string; readonly reason: string | null },
  otherwise: 'info' | 'debug',
): 'debug' | 'info' | 'warn' | 'error' {
  if (state === 'failed') return reason === 'private_reply_used' ? 'warn' : 'error';
  return state === 'unknown_outcome' ? 'error' : otherwise;
}
