import type { Reason } from './reason.js';
import type { Refusal } from './refusal.js';
import type { ActionType } from './rule.js';
import { FINAL_STATES, NOT_DELIVERED, REFUSED_STATES, type Send, type SendState } from './send.js';

export interface SendOutcome {
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
}

/**
 * State of a send for a status of the API. `queued`, `processing` and any unknown status count as in
 * progress; a comment is `posted` where a message is `sent`, and one that was deleted later had been posted.
 */
export function outcomeOf(send: Refusable, status: string, refusal: Refusal | null): SendOutcome {
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

/** State of a send that the API accepted and later reported as failed. */
function lateFailure(send: Refusable, refusal: Refusal | null): SendOutcome {
  const detail = refusal?.detail ?? 'the platform refused the send';
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

/** The refusal "already has a reply" only concerns private replies. */
export function reasonOfSpent(action: ActionType): Reason {
  return action === 'private_reply' ? 'private_reply_used' : 'failed';
}

/**
 * True if a send that failed late may be sent again: its end is not reported yet, and no earlier attempt may
 * have arrived. A private reply is always safe to repeat: a comment accepts only one.
 */
function mayGoBack({ action, state, resends }: Refusable): boolean {
  const isEnded = state === 'sent' || state === 'unknown_outcome';
  return !isEnded && (action === 'private_reply' || resends === 0);
}

/** The fields of a send that the reason of its event depends on. */
type Part = Pick<Send, 'action' | 'state' | 'reason' | 'detail'>;

/** Effect of a send's state on the sends that wait for it. */
export interface Dependents {
  /** Effect on later parts of the same text. */
  readonly parts: 'wait' | 'stop';
  /**
   * The public reply of the rule; `fall_back`: its alternative text is sent if it has one, otherwise it
   * stops.
   */
  readonly publicAnswer: 'wait' | 'stop' | 'fall_back';
}

/**
 * Effect of a send's state on the sends that wait for it. A text with a missing part is not continued. After
 * a private reply whose outcome is unknown neither public text is certain to be true, and discarding by the
 * owner should end the matter, so the alternative text is sent only after a refusal.
 */
export function dependentsOf(action: ActionType, state: SendState): Dependents {
  if (!isOneOf(NOT_DELIVERED, state)) return { parts: 'wait', publicAnswer: 'wait' };
  if (action !== 'private_reply') return { parts: 'stop', publicAnswer: 'wait' };
  return { parts: 'stop', publicAnswer: isOneOf(REFUSED_STATES, state) ? 'fall_back' : 'stop' };
}

/**
 * The reason of an event, from its sends in order, without reminders that were not needed: `acted` if no other send
 * is left. Problems come before successes: an owner looks for what
 * did not arrive. Of several problems an unknown outcome counts first, then the earliest send.
 */
export function eventReasonOf(sends: readonly Part[]): {
  readonly reason: Reason;
  readonly detail: string | null;
} {
  const open =
    sends.find(({ state }) => state === 'awaiting_approval') ??
    sends.find((send) => !isOneOf(FINAL_STATES, send.state));
  if (open) return { reason: open.reason ?? 'queued', detail: open.detail };
  const trouble =
    sends.find((send) => send.state === 'unknown_outcome') ??
    sends.find((send) => isOneOf(NOT_DELIVERED, send.state));
  if (sends.length === 0) return { reason: 'acted', detail: null };
  if (!trouble) return { reason: 'replied', detail: null };
  const detail =
    sends.length === 1 ? trouble.detail : `${trouble.action}: ${trouble.detail ?? trouble.state}`;
  return { reason: trouble.reason ?? 'failed', detail };
}

export function isOneOf<State extends string>(states: readonly State[], state: string): state is State {
  return (states as readonly string[]).includes(state);
}
