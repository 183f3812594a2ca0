import { Hono } from 'hono';
import { z } from 'zod';
import type { DraftResult } from '../actions/drafts/change-draft.js';
import type { Draft, DraftChange } from '../domain/draft.js';
import { NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { LIMITS } from '../domain/limits.js';
import { REASONS } from '../domain/reason.js';
import { DAY } from '../domain/time.js';
import { draftEndsAt } from '../domain/window.js';
import { bodyOf, sendId, withBody } from './body.js';
import type { ActorOf } from './actor.js';
import type { DraftsView, DraftView } from './drafts-views.js';
import type { Panel } from './panel.js';

/** Maximum number of drafts on the page, the oldest; the others follow as these end. */
const MOST = 100;

const changeBody = z.object({
  /** Version that the page shows. */
  version: z.number().int(),
  edits: z
    .array(z.object({ send: z.number().int(), text: z.string().max(LIMITS.renderedText) }))
    .max(100)
    .default([]),
});

/** Routes of replies that wait for a person. */
export function createDraftsApi(panel: Panel, actorOf: ActorOf): Hono {
  const api = new Hono();
  api.get('/', async (c) => {
    const { store, clock } = panel;
    const drafts = await store.drafts({ limit: MOST });
    const figures = await store.draftFigures(clock() - 30 * DAY);
    return c.json({ drafts: drafts.map(viewOf), figures } satisfies DraftsView);
  });
  for (const what of ['approve', 'edit', 'drop'] as const) {
    api.post(`/:id/${what}`, (c) =>
      withBody(sendId, c.req.param('id'), c, async (id) =>
        withBody(changeBody, await bodyOf(c), c, async ({ version, edits }) => {
          const change: DraftChange = { do: what, id, version, edits, ...actorOf(c) };
          const { guards, mode } = panel.config;
          if (what === 'approve' && mode === 'shadow') return c.json({ error: NOT_IN_SHADOW }, 409);
          const result = await panel.command({ do: 'change-draft', change, guards }, actorOf(c));
          if (!('draft' in result)) throw new Error('bug: the command returned no draft');
          const error = errorOf(result.draft);
          return error === null ? c.json({ ok: true }) : c.json({ error }, 409);
        }),
      ),
    );
  }
  return api;
}

/** The message for a change that was not made; null if it was made. */
export function errorOf(result: DraftResult): string | null {
  switch (result.is) {
    case 'done':
      return null;
    case 'gone':
      return 'somebody approved or dropped it meanwhile, or it ended by itself';
    case 'changed':
      return 'somebody edited it meanwhile: read it again, then approve it';
    case 'refused':
      return `it keeps waiting: ${REASONS[result.reason]} (${result.detail})`;
    case 'ended':
      return `it ended: ${REASONS[result.reason]} (${result.detail})`;
  }
}

function viewOf(draft: Draft): DraftView {
  const { id, version, rule, event, texts } = draft;
  return {
    ...{ id, version, rule, account: event.account ?? '' },
    contactId: event.contact.id,
    contactName: event.contact.name ?? event.contact.username,
    ...{ eventId: event.id, message: event.text, at: event.at },
    endsAt: draftEndsAt(draft),
    texts: texts.map(({ send, original }) => ({
      id: send.id,
      action: send.action,
      text: send.text,
      original,
    })),
  };
}
