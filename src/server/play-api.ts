import type { Hono } from 'hono';
import { z } from 'zod';
import { EVENT_KINDS } from '../domain/event.js';
import { bodyOf, withBody } from './body.js';
import type { Panel } from './panel.js';

const MOST_LETTERS = 2_000;

const playBody = z.object({
  account: z.string(),
  from: z.string().trim().min(1).max(100),
  text: z.string().trim().min(1).max(MOST_LETTERS),
  kind: z.enum(EVENT_KINDS),
});

/** Registers the route by which a reader plays a customer; only a demo has it. */
export function playApi(api: Hono, { play }: Panel): void {
  if (!play) return;
  api.post('/play', async (c) =>
    withBody(playBody, await bodyOf(c), c, async (said) => {
      try {
        play(said);
      } catch (error) {
        return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
      }
      return c.json({ ok: true });
    }),
  );
}
