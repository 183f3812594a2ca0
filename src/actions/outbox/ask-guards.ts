import { OPT_OUT_RULE } from '../../domain/rule.js';
import type { Reason } from '../../domain/reason.js';
import type { Send } from '../../domain/send.js';
import type { GuardSubject, Objection } from '../guards/guard.js';
import { askGuards } from '../guards/guards.js';
import { windowClosed } from '../guards/window-closed.js';
import type { Sending } from './sending.js';

type Asking = Pick<Sending, 'store' | 'guards' | 'clock'>;

/** Why a send is stopped. */
export interface Stop {
  readonly reason: Reason;
  readonly detail: string;
}

/** What a guard has against sending it now. Throws what the store throws. */
export async function objectionTo(send: Send, { store, guards, clock }: Asking): Promise<Stop | null> {
  const facts = await store.guardFacts(send, clock());
  return stopOf(send, askGuards(subjectOf(send), facts, guards, 'sending').objection);
}

/** Whether it is too late to send it, whatever else may hold it. */
export async function isTooLate(send: Send, { store, guards, clock }: Asking): Promise<Stop | null> {
  const facts = await store.guardFacts(send, clock());
  return stopOf(send, windowClosed.ask(subjectOf(send), facts, guards));
}

/** What is stopped before it was sent again may have arrived the first time, though no look found it. */
function stopOf({ resends }: Send, objection: Objection | null): Stop | null {
  if (objection === null) return null;
  const { reason, note } = objection;
  const before = '; an earlier attempt of unknown fate was looked up and not found';
  return { reason, detail: resends === 0 ? note : `${note}${before}` };
}

function subjectOf(send: Send): GuardSubject {
  return {
    kind: send.commentId === null ? ('message' as const) : ('comment' as const),
    platform: send.platform,
    actions: [send.action],
    contactId: send.contactId,
    platformCommentId: send.platformCommentId,
    hasPost: send.postId !== null,
    eventAt: send.eventAt,
    confirmsOptOut: send.rule === OPT_OUT_RULE,
    continues: false,
  };
}
