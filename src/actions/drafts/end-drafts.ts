import type { Draft } from '../../domain/draft.js';
import type { StatedReason } from '../../domain/reason.js';
import { type Millis, SECOND } from '../../domain/time.js';
import { type DraftParts, endOf, objectionToDraft } from './standing.js';

/** Interval of the checks of a waiting draft. A message of the account makes the check due at once. */
const EVERY: Millis = 30 * SECOND;
/** Maximum number of drafts checked between two polls. */
const MOST_CHECKED = 100;

export interface EndingParts extends DraftParts {
  readonly onEnded: (draft: Draft, end: StatedReason) => void;
}

/**
 * Ends waiting drafts that may no longer be sent: their window closed, a human replied, or the contact opted out.
 * A pause by the owner keeps them waiting. Throws the errors of the store.
 */
export async function endDrafts(parts: EndingParts): Promise<void> {
  const { store, clock, onEnded } = parts;
  for (const draft of await store.drafts({ limit: MOST_CHECKED, dueBy: clock() })) {
    const objection = await objectionToDraft(draft, parts);
    const end = objection && endOf(objection);
    if (end === null) await store.postponeDraft(draft, clock() + EVERY);
    else if (await store.endDraft(draft, end, clock())) onEnded(draft, end);
  }
}
