import { type Draft, DRAFT_LIFE } from '../../domain/draft.js';
import type { Reason, StatedReason } from '../../domain/reason.js';
import type { Send } from '../../domain/send.js';
import { type Clock, formatDuration } from '../../domain/time.js';
import type { DraftStore } from '../../store/ports/drafts.js';
import type { OutboxStore } from '../../store/ports/outbox.js';
import type { GuardSettings } from '../guards/guard.js';
import { objectionTo } from '../outbox/ask-guards.js';

export interface DraftParts {
  readonly store: DraftStore & Pick<OutboxStore, 'guardFacts'>;
  readonly guards: GuardSettings;
  readonly clock: Clock;
}

/** Objections that pass: the draft keeps waiting. Their guards have `passes`. */
const PASSING: ReadonlySet<Reason> = new Set(['paused', 'other_automation']);

/**
 * The first objection of a guard to a text of the draft, or its age; null if it may be sent. Objections that end the
 * draft come first: a pause would hide until its end that a human replied meanwhile, or that the window closed.
 */
export async function objectionToDraft(draft: Draft, parts: DraftParts): Promise<StatedReason | null> {
  if (draft.draftedAt + DRAFT_LIFE <= parts.clock()) {
    return { reason: 'window_closed', detail: `nobody approved it within ${formatDuration(DRAFT_LIFE)}` };
  }
  for (const moment of ['waiting', 'sending'] as const) {
    for (const { send } of draft.texts) {
      const objection = await objectionToText(send, draft, { ...parts, moment });
      if (objection !== null) return objection;
    }
  }
  return null;
}

interface Asking extends DraftParts {
  readonly moment: 'waiting' | 'sending';
}

async function objectionToText(
  send: Send,
  { draftedAt }: Draft,
  { store, guards, clock, moment }: Asking,
): Promise<StatedReason | null> {
  const objection = await objectionTo(send, { store, guards, clock }, moment);
  if (objection !== null || moment === 'sending') return objection;
  // The pause after a human may be over or ended, but the message has its reply.
  const { lastHumanAt } = await store.guardFacts(send, clock());
  const isAnswered = lastHumanAt !== null && lastHumanAt >= draftedAt;
  return isAnswered ? { reason: 'human_active', detail: 'a human wrote while it waited' } : null;
}

/** The end of a draft that may no longer be sent; null if the objection passes. */
export function endOf({ reason, detail }: StatedReason): StatedReason | null {
  if (PASSING.has(reason)) return null;
  return { reason: reason === 'window_closed' ? 'approval_expired' : reason, detail };
}
