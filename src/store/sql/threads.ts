import type { InboundEvent } from '../../domain/event.js';
import type { SqlRunner, Work } from './sql-runner.js';

/** Maximum depth of replies to replies that is followed: platforms list one or two levels. */
const MOST_LEVELS = 10;

/**
 * Finds the top-level comment of a comment's thread, as far as it is in the journal; null for a message. The
 * parent named by the API may itself be a reply.
 */
export function threads(
  db: SqlRunner,
): (event: Pick<InboundEvent, 'kind' | 'sourceId' | 'comment'>) => Work<string | null> {
  const parentOf = db.prepare<{ id: string | null }>('select parent_id as id from events where id = ?');
  return function* ({ kind, sourceId, comment }) {
    if (kind === 'message') return null;
    let top = comment?.parentId ?? sourceId;
    for (let level = 0; level < MOST_LEVELS && top !== sourceId; level += 1) {
      const parent = yield* parentOf.get(`comment:${top}`);
      if (parent === undefined || parent.id === null) break;
      top = parent.id;
    }
    return top;
  };
}
