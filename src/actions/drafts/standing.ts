import { type Draft, DRAFT_LIFE, type DraftEnd } from '../../domain/draft.js';
import type { Reason } from '../../domain/reason.js';
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

/** Reason and detail of not sending a draft now. */
export interface Standing {
  readonly reason: Reason;
  readonly detail: string;
}

/** Objections that pass: the draft keeps waiting. */
const PASSING: ReadonlySet<Reason> = new Set(['paused', 'other_automation']);

/** The first objection of a guard to a text of the draft, or its age; null if it may be sent. */
export async function objectionToDraft(
  draft: Draft,
  { store, guards, clock }: DraftParts,
): Promise<Standing | null> {
  if (draft.draftedAt + DRAFT_LIFE <= clock()) {
    return { reason: 'window_closed', detail: `nobody approved it within ${formatDuration(DRAFT_LIFE)}` };
  }
  for (const { send } of draft.texts) {
    const objection = await objectionTo(send, { store, guards, clock });
    if (objection !== null) return objection;
  }
  return null;
}

/** The end of a draft that may no longer be sent; null if the objection passes. */
export function endOf({ reason, detail }: Standing): DraftEnd | null {
  if (PASSING.has(reason)) return null;
  return { reason: reason === 'window_closed' ? 'approval_expired' : reason, detail };
}
