import { plain } from '../../domain/terminal.js';
import type { Notice } from '../../domain/notice.js';

/** One line about a message: its kind, or the number of its notices. */
export function subjectOf(
  notices: readonly Pick<Notice, 'kind'>[],
  { workspace }: { readonly workspace: string | null },
): string {
  const [first] = notices;
  const name = workspace === null ? 'autoresponder' : `autoresponder, ${plain(workspace)}`;
  if (notices.length === 1 && first) return `${name}: ${first.kind}`;
  return notices.every(({ kind }) => kind === 'draft_waiting')
    ? `${name}: ${notices.length} replies wait for approval`
    : `${name}: ${notices.length} things need your attention`;
}
