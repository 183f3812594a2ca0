import { Hono } from 'hono';
import { z } from 'zod';
import { usedBy } from '../actions/hand/reply-by-hand.js';
import { composeSaved } from '../actions/hand/compose-saved.js';
import type { InboundEvent } from '../domain/event.js';
import { type CommentTarget, NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { LIMITS } from '../domain/limits.js';
import { windowEndsAt } from '../domain/window.js';
import { REASONS } from '../domain/reason.js';
import type { ActorOf } from './actor.js';
import { bodyOf, withBody } from './body.js';
import type { CommandResult } from './control.js';
import type { CommentView, SavedView } from './drafts-views.js';
import type { Panel } from './panel.js';

const replyBody = z.object({
  account: z.string(),
  contactId: z.string().min(1),
  text: z.string().max(LIMITS.renderedText),
  /** State of the conversation that the page shows. */
  version: z.string(),
});

const commentBody = z.object({
  text: z.string().max(LIMITS.renderedText),
  isPrivate: z.boolean(),
  /** State of the comment that the page shows. */
  version: z.string(),
});

const CHANGED = 'the contact or somebody else wrote meanwhile: read the conversation, then send again';

/** Routes of replies that people write to messages. */
export function createHandApi(panel: Panel, actorOf: ActorOf): Hono {
  const api = new Hono();
  api.post('/', async (c) =>
    withBody(replyBody, await bodyOf(c), c, async (reply) => {
      if (panel.config.mode === 'shadow') return c.json({ error: NOT_IN_SHADOW }, 409);
      const result = await panel.command({ do: 'reply', reply: { ...reply, ...actorOf(c) } }, actorOf(c));
      const error = errorIn(result);
      return error === null ? c.json({ ok: true }) : c.json({ error }, 409);
    }),
  );
  return api;
}

/** Routes of replies that people write to comments. */
export function createCommentsApi(panel: Panel, actorOf: ActorOf): Hono {
  const api = new Hono();
  api.get('/:event', async (c) => {
    const target = await panel.store.commentTarget(c.req.param('event'));
    return target ? c.json(commentView(target)) : c.json({ error: 'there is no such decided comment' }, 404);
  });
  api.get('/:event/saved', async (c) => {
    const target = await panel.store.commentTarget(c.req.param('event'));
    return c.json(await savedFor(panel, target?.event ?? null));
  });
  api.post('/:event/reply', async (c) =>
    withBody(commentBody, await bodyOf(c), c, async ({ text, isPrivate, version }) => {
      if (panel.config.mode === 'shadow') return c.json({ error: NOT_IN_SHADOW }, 409);
      const action = isPrivate ? 'private_reply' : 'comment_reply';
      const reply = { eventId: c.req.param('event'), action, text, version, ...actorOf(c) } as const;
      const error = errorIn(await panel.command({ do: 'reply-comment', reply }, actorOf(c)));
      return error === null ? c.json({ ok: true }) : c.json({ error }, 409);
    }),
  );
  return api;
}

function errorIn(result: CommandResult): string | null {
  if (!('hand' in result)) throw new Error('bug: the command returned no reply');
  const { hand } = result;
  if (hand.is === 'written') return null;
  return hand.is === 'refused' ? `${REASONS[hand.reason]} (${hand.detail})` : CHANGED;
}

function commentView(target: CommentTarget): CommentView {
  const { event, version, privateReply } = target;
  const { platform, at: eventAt } = event;
  const endsAt = windowEndsAt({
    ...{ kind: 'comment', platform, actions: ['private_reply'], eventAt, lastInboundAt: null },
  });
  return { version, privateReply: { usedBy: privateReply && usedBy(target), endsAt } };
}

/** The saved replies for a contact, in the order of the rule files; empty if the contact wrote no message. */
export async function savedView(panel: Panel, account: string, contactId: string): Promise<SavedView> {
  const target = await panel.store.handTarget(account, contactId);
  return savedFor(panel, target?.event ?? null);
}

async function savedFor(panel: Panel, event: InboundEvent | null): Promise<SavedView> {
  if (event === null) return { saved: [] };
  const parts = { config: panel.config, set: panel.set(), store: panel.store };
  return { saved: await composeSaved(panel.saved(), event, panel.clock(), parts) };
}
