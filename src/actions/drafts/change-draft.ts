import type { Draft, DraftChange, DraftEdit } from '../../domain/draft.js';
import { tooLong } from '../../domain/platforms.js';
import type { StatedReason } from '../../domain/reason.js';
import { type DraftParts, endOf, objectionToDraft } from './standing.js';

/**
 * Result of a change. `gone`: the draft was approved, dropped or ended before. `changed`: another person edited
 * it meanwhile. `refused`: nothing changed. `ended`: a guard objects for good, so the draft ended.
 */
export type DraftResult =
  | { readonly is: 'done'; readonly draft: Draft }
  | { readonly is: 'gone' | 'changed' }
  | ({ readonly is: 'refused' | 'ended' } & StatedReason);

/**
 * Approves, edits or drops a draft. An approved draft is put into the outbox, whose guards run once more before
 * it is sent. Two people who approve the same draft send it once: only one of them still finds it waiting.
 */
export async function changeDraft(change: DraftChange, parts: DraftParts): Promise<DraftResult> {
  const { store, clock } = parts;
  const [draft] = await store.drafts({ id: change.id, limit: 1 });
  if (draft === undefined) return { is: 'gone' };
  const excess = faultIn(change.edits, draft);
  if (excess !== null) return { is: 'refused', ...excess };
  if (change.do === 'approve') {
    const objection = await objectionToDraft(draft, parts);
    if (objection !== null) return object(objection, draft, parts);
  }
  const outcome = await store.changeDraft(change, clock());
  return outcome === 'done' ? { is: 'done', draft } : { is: outcome };
}

async function object(
  objection: StatedReason,
  draft: Draft,
  { store, clock }: DraftParts,
): Promise<DraftResult> {
  const end = endOf(objection);
  if (end === null) return { is: 'refused', reason: objection.reason, detail: objection.detail };
  return (await store.endDraft(draft, end, clock())) ? { is: 'ended', ...end } : { is: 'gone' };
}

function faultIn(edits: readonly DraftEdit[], { texts }: Draft): StatedReason | null {
  for (const { send: id, text } of edits) {
    const send = texts.find((each) => each.send.id === id)?.send;
    if (send === undefined) return { reason: 'failed', detail: `the draft has no text ${id}` };
    if (text.trim() === '')
      return { reason: 'template_error', detail: 'the text is empty; drop the draft instead' };
    const detail = tooLong(send.platform, send.action, text);
    if (detail !== null) return { reason: 'too_long', detail };
  }
  return null;
}
