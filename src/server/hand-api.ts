import { Hono } from 'hono';
import { z } from 'zod';
import { composeSaved } from '../actions/hand/compose-saved.js';
import { NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { LIMITS } from '../domain/limits.js';
import { REASONS } from '../domain/reason.js';
import type { ActorOf } from './actor.js';
import { bodyOf, withBody } from './body.js';
import type { SavedView } from './drafts-views.js';
import type { Panel } from './panel.js';

const replyBody = z.object({
  account: z.string(),
  contactId: z.string().min(1),
  text: z.string().max(LIMITS.renderedText),
  /** State of the conversation that the page shows. */
  version: z.string(),
});

/** The route of replies that people write. */
export function createHandApi(panel: Panel, actorOf: ActorOf): Hono {
  const api = new Hono();
  api.post('/', async (c) =>
    withBody(replyBody, await bodyOf(c), c, async (reply) => {
      if (panel.config.mode === 'shadow') return c.json({ error: NOT_IN_SHADOW }, 409);
      const result = await panel.command({ do: 'reply', reply: { ...reply, ...actorOf(c) } }, actorOf(c));
      if (!('hand' in result)) throw new Error('bug: the command returned no reply');
      const { hand } = result;
      if (hand.is === 'written') return c.json({ ok: true });
      const refused = hand.is === 'refused' ? `${REASONS[hand.reason]} (${hand.detail})` : null;
      const error =
        refused ?? 'the contact or somebody else wrote meanwhile: read the conversation, then send again';
      return c.json({ error }, 409);
    }),
  );
  return api;
}

/** The saved replies for a contact, in the order of the rule files; empty if the contact wrote no message. */
export async function savedView(panel: Panel, account: string, contactId: string): Promise<SavedView> {
  const target = await panel.store.handTarget(account, contactId);
  if (target === null) return { saved: [] };
  const parts = { config: panel.config, set: panel.set(), store: panel.store };
  return { saved: await composeSaved(panel.saved(), target.event, panel.clock(), parts) };
}
