import type { Reason } from './reason.js';
import type { Refusal } from './refusal.js';
import type { ActionType } from './rule.js';
import { FINAL_STATES, NOT_DELIVERED, REFUSED_STATES, type Send, type SendState } from './send.js';

export interface Outcome {
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
}

/**
 * What a status of the API means for a send. `queued`, `processing` and any status that this release does not know are
 * on the way; a comment is `posted` where a message is `sent`, and one that was deleted later had been posted.
 */
export function outcomeOf(send: Refusable, status: string, refusal: Refusal | null): Outcome {
  switch (status) {
    case 'sent':
    case 'posted':
    case 'deleted':
      return { state: 'sent', reason: 'replied', detail: null };
    case 'delivered':
      return { state: 'delivered', reason: 'replied', detail: null };
    case 'failed':
      return lateFailure(send, refusal);
    default:
      return { state: 'accepted', reason: null, detail: null };
  }
}

type Refusable = Pick<Send, 'action' | 'state' | 'resends'>;

/** The API accepted the send, and says later that it failed. */
function lateFailure(send: Refusable, refusal: Refusal | null): Outcome {
  const detail = refusal?.detail ?? 'the platform refused it';
  switch (refusal?.meaning.kind) {
    case 'hold':
      return mayGoBack(send)
        ? { state: 'pending', reason: 'blocked_account', detail }
        : { state: 'failed', reason: 'failed', detail };
    case 'spent':
      return { state: 'failed', reason: reasonOfSpent(send.action), detail };
    case 'unclear':
      return { state: 'unknown_outcome', reason: 'unknown_outcome', detail };
    case 'end':
      return { state: 'failed', reason: refusal.meaning.reason, detail };
    default:
      return { state: 'failed', reason: 'failed', detail };
  }
}

/** "Already has a reply" concerns private replies only. */
export function reasonOfSpent(action: ActionType): Reason {
  return action === 'private_reply' ? 'private_reply_used' : 'failed';
}

/**
 * Whether a send that failed late may be sent again: its end is not reported yet, and no earlier attempt may have
 * arrived. A private reply is always safe to repeat: a comment takes one.
 */
function mayGoBack({ action, state, resends }: Refusable): boolean {
  const isEnded = state === 'sent' || state === 'unknown_outcome';
  return !isEnded && (action === 'private_reply' || resends === 0);
}

/** A send as far as the reason of its event depends on it. */
type Part = Pick<Send, 'action' | 'state' | 'reason' | 'detail'>;

/** Sends that wait for another one, and what becomes of them. */
export interface Dependents {
  /** Later parts of the same text. */
  readonly parts: 'wait' | 'stop';
  /** The public answer of the rule; `fall_back`: with its other text, if it has one, and else it stops. */
  readonly publicAnswer: 'wait' | 'stop' | 'fall_back';
}

/**
 * What becomes of the sends that wait for one in this state. A text whose part is missing is not continued. After a
 * private reply of unknown outcome neither public text is surely true, and what the owner discards is to be over, so
 * that the other text is sent only after a refusal.
 */
export function dependentsOf(action: ActionType, state: SendState): Dependents {
  if (!isOneOf(NOT_DELIVERED, state)) return { parts: 'wait', publicAnswer: 'wait' };
  if (action !== 'private_reply') return { parts: 'stop', publicAnswer: 'wait' };
  return { parts: 'stop', publicAnswer: isOneOf(REFUSED_STATES, state) ? 'fall_back' : 'stop' };
}

/**
 * The reason of an event, from its sends in their order. Trouble before success: an owner looks for what did not
 * arrive. Of several troubles an unknown outcome counts first, then the earliest send.
 */
export function eventReasonOf(sends: readonly Part[]): {
  readonly reason: Reason;
  readonly detail: string | null;
} {
  const open = sends.find((send) => !isOneOf(FINAL_STATES, send.state));
  if (open) return { reason: open.reason ?? 'queued', detail: open.detail };
  const trouble =
    sends.find((send) => send.state === 'unknown_outcome') ??
    sends.find((send) => isOneOf(NOT_DELIVERED, send.state));
  if (!trouble) return { reason: 'replied', detail: null };
  const detail =
    sends.length === 1 ? trouble.detail : `${trouble.action}: ${trouble.detail ?? trouble.state}`;
  return { reason: trouble.reason ?? 'failed', detail };
}

export function isOneOf<State extends string>(states: readonly State[], state: string): state is State {
  return (states as readonly string[]).includes(state);
}
