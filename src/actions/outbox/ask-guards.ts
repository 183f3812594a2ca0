import { HUMAN_RULE, OPT_OUT_RULE } from '../../domain/rule.js';
import type { StatedReason } from '../../domain/reason.js';
import type { Send } from '../../domain/send.js';
import type { GuardSubject, Objection } from '../guards/guard.js';
import { askGuards, type GuardMoment } from '../guards/guards.js';
import { reminderNeeded } from '../guards/reminder-needed.js';
import { windowClosed } from '../guards/window-closed.js';
import type { OutboxStore } from '../../store/ports/outbox.js';
import type { Sending } from './sending.js';

type Asking = Pick<Sending, 'guards' | 'clock'> & { readonly store: Pick<OutboxStore, 'guardFacts'> };

/** The objection of a guard against sending now; null if no guard objects. Throws the errors of the store. */
export async function objectionTo(
  send: Send,
  { store, guards, clock }: Asking,
  moment: Exclude<GuardMoment, 'deciding'> = 'sending',
): Promise<StatedReason | null> {
  const facts = await store.guardFacts(send, clock());
  const subject = subjectOf(send);
  const { objection } = askGuards(subject, facts, guards, moment);
  return stopOf(send, objection ?? reminderNeeded.ask(subject, facts, guards));
}

/** The objection if the messaging window is closed, regardless of other guards. */
export async function isTooLate(send: Send, { store, guards, clock }: Asking): Promise<StatedReason | null> {
  const facts = await store.guardFacts(send, clock());
  return stopOf(send, windowClosed.ask(subjectOf(send), facts, guards));
}

/** A resend that is stopped may have arrived with its first attempt, although no check found it. */
function stopOf({ resends }: Send, objection: Objection | null): StatedReason | null {
  if (objection === null) return null;
  const { reason, note } = objection;
  const before = '; the outcome of an earlier attempt is unknown: it was looked up and not found';
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
    byHuman: send.rule === HUMAN_RULE,
    continues: false,
    reminds: send.reminds === true,
  };
}
