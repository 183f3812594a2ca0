import type { Reason } from '../../domain/reason.js';
import type { ActionType } from '../../domain/rule.js';
import type { SendState } from '../../domain/send.js';

export interface Outcome {
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
}

/** The API's code for "the comment already has a reply": the one private reply is spent (help pages, 2026). */
const PRIVATE_REPLY_SPENT = '20102';

/**
 * What a status of the API means for a send. `queued`, `processing` and any status that this release does not know are
 * on the way; a comment is `posted` where a message is `sent`, and one that was deleted later had been posted.
 */
export function outcomeOf(action: ActionType, status: string, detail: string | null): Outcome {
  switch (status) {
    case 'sent':
    case 'posted':
    case 'deleted':
      return { state: 'sent', reason: 'replied', detail: null };
    case 'delivered':
      return { state: 'delivered', reason: 'replied', detail: null };
    case 'failed': {
      const spent = action === 'private_reply' && (detail ?? '').includes(PRIVATE_REPLY_SPENT);
      return {
        state: 'failed',
        reason: spent ? 'private_reply_used' : 'failed',
        detail: detail ?? 'the platform refused it',
      };
    }
    default:
      return { state: 'accepted', reason: null, detail: null };
  }
}
