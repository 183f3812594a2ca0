import { randomBytes } from 'node:crypto';
import { grantOf, REVIEW_KEY, reviewPath } from '../actions/drafts/review-link.js';
import type { Notice } from '../domain/notice.js';
import { formatInstant } from '../domain/time.js';
import { draftEndsAt } from '../domain/window.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { OwnerStore } from '../store/ports/owner.js';

/** Maximum number of drafts with a notice at a time, the oldest; the others follow as these end. */
const MOST = 200;

/** Creates a notice for each reply that waits for a person. */
export async function aboutDrafts(store: Pick<DraftStore, 'drafts'>): Promise<readonly Notice[]> {
  const drafts = await store.drafts({ limit: MOST });
  return drafts.map((draft): Notice => {
    const { id, rule, event, draftedAt: at } = draft;
    const text = `A reply of rule ${rule} from ${event.account ?? ''} to ${event.contact.id} waits for approval until ${formatInstant(draftEndsAt(draft))}`;
    const fix = `autoresponder drafts approve ${id}, edit ${id} --text T, or drop ${id}.`;
    return { kind: 'draft_waiting', key: keyOf(id), at, text, fix };
  });
}

/** A draft has the number of its first send. */
const keyOf = (draft: number): string => `send ${draft}`;

/**
 * Paths of the pages that approve or drop the waiting drafts, by the keys of their notices. A path is valid for
 * the version of the draft when it is signed.
 */
export async function reviewPaths(
  store: Pick<DraftStore, 'drafts'> & Pick<OwnerStore, 'secret'>,
  { workspace, via }: { readonly workspace: string; readonly via: string },
): Promise<ReadonlyMap<string, string>> {
  const secret = await store.secret(REVIEW_KEY, randomBytes(32).toString('base64url'));
  const drafts = await store.drafts({ limit: MOST });
  return new Map(
    drafts.map((draft) => [keyOf(draft.id), reviewPath(grantOf(draft, via), { workspace, secret })]),
  );
}
