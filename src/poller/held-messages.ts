import { LIMITS } from '../domain/limits.js';
import { formatDuration, type Instant } from '../domain/time.js';
import type { HeldEvent, Release } from '../store/ports/polls.js';
import { type Resolved, resolveConversations } from './conversations.js';
import { cacheOwnIds } from './own-ids.js';
import { mayBeKnownLater, type MessageParts, whoseIs, type WhoseParts } from './whose.js';

/** Maximum number of held messages checked per poll. */
const BATCH = 500;

/**
 * Reads the missing conversations of held messages again, and releases messages whose account and author are
 * known now.
 */
export async function releaseHeld(parts: MessageParts, now: Instant, signal: AbortSignal): Promise<void> {
  const { store } = parts;
  const all = await store.held(BATCH);
  const ids = all.flatMap(({ held }) => (held.row.conversationId === null ? [] : [held.row.conversationId]));
  const resolved = await resolveConversations([...new Set(ids)], parts, signal);
  const own = await store.isOwnSend(
    'POST /v2/messages',
    all.map(({ event }) => event.sourceId),
  );
  const authors = { ...parts, store: cacheOwnIds(store) };
  const released: Release[] = [];
  for (const each of all) {
    const release =
      (await whatNow(each, own.has(each.event.sourceId), resolved, authors)) ?? giveUpIfOld(each, now);
    if (release) released.push(release);
  }
  if (released.length > 0) await store.release(released, now);
}

/** The released message; null if it still waits. */
async function whatNow(
  { event: { id }, held: { row } }: HeldEvent,
  isOwnSend: boolean,
  { known }: Resolved,
  parts: WhoseParts & Pick<MessageParts, 'isListed'>,
): Promise<Release | null> {
  const conversation = row.conversationId === null ? undefined : known.get(row.conversationId);
  if (conversation === undefined) return null;
  const whose = await whoseIs(row, isOwnSend, conversation, parts);
  if (whose === null) return { id, drop: true };
  return mayBeKnownLater(whose, conversation, parts) ? null : { id, event: whose };
}

/** After LIMITS.heldMost no platform allows a reply, and the list of held messages must not grow for ever. */
function giveUpIfOld({ event: { id }, held, since }: HeldEvent, now: Instant): Release | null {
  if (now - since < LIMITS.heldMost) return null;
  return { id, giveUp: `waited for ${formatDuration(LIMITS.heldMost)}: ${held.detail}` };
}
