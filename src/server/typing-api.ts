import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { LIMITS } from '../domain/limits.js';
import type { TypingAbout } from '../domain/typing.js';
import type { ActorOf } from './actor.js';
import { bodyOf, withBody } from './body.js';
import type { TypingView } from './drafts-views.js';
import type { Panel } from './panel.js';

const pageId = z.string().regex(/^[\w-]{1,40}$/u);
const typingQuery = z.object({
  /** The caller's own page, whose text is left out. */
  page: pageId.optional(),
});
const typingBody = z.object({ page: pageId, text: z.string().max(LIMITS.renderedText) });

/**
 * Registers the routes of texts that people are typing, for others with the same conversation or comment in front of
 * them. They change nothing that is journalled, so they run no command and notify no page.
 */
export function typingApi(api: Hono, panel: Panel, actorOf: ActorOf): void {
  const routes: readonly (readonly [string, (c: Context) => TypingAbout])[] = [
    [
      '/people/:account/:contact/typing',
      ({ req }) => ({ account: req.param('account') ?? '', contactId: req.param('contact') ?? '' }),
    ],
    ['/comments/:event/typing', ({ req }) => ({ eventId: req.param('event') ?? '' })],
  ];
  for (const [path, aboutOf] of routes) {
    api.get(path, (c) =>
      withBody(typingQuery, c.req.query(), c, async ({ page }) =>
        c.json(await typingView(panel, aboutOf(c), { by: actorOf(c).by, page })),
      ),
    );
    api.post(path, async (c) =>
      withBody(typingBody, await bodyOf(c), c, async (typed) => {
        const typing = { ...typed, by: actorOf(c).by };
        const isKnown = await panel.store.saveTyping(aboutOf(c), typing, panel.clock());
        return isKnown ? c.json({ ok: true }) : c.json({ error: 'the journal has no such contact' }, 404);
      }),
    );
  }
}

async function typingView(
  { store, clock }: Panel,
  about: TypingAbout,
  own: { readonly by: string; readonly page: string | undefined },
): Promise<TypingView> {
  const all = await store.typing(about, clock());
  const others = all.filter(({ by, page }) => by !== own.by || page !== own.page);
  return { typing: others.map(({ by, text }) => ({ by, text })) };
}
