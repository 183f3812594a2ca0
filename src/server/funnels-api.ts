import type { Hono } from 'hono';
import { z } from 'zod';
import { type CachedAggregate, cachedAggregate } from './cached-aggregate.js';
import { funnelsView, standingView } from './funnels-view.js';
import type { Panel } from './panel.js';
import { RANGES } from './today.js';
import { withBody } from './body.js';

const query = z.object({
  days: z.coerce
    .number()
    .refine((days) => RANGES.some((range) => range === days), `one of ${RANGES.join(', ')}`)
    .default(30),
});
const standingQuery = z.object({
  rule: z.string().min(1).max(200),
  step: z.coerce.number().int().min(0),
});

/** Registers the routes of funnels. Returns what they keep in a cache. */
export function createFunnelsApi(api: Hono, panel: Panel): readonly CachedAggregate<unknown>[] {
  const views = new Map(
    RANGES.map((range) => [range as number, cachedAggregate(() => funnelsView(panel, range))]),
  );
  api.get('/funnels', (c) =>
    withBody(query, c.req.query(), c, async ({ days }) => c.json(await views.get(days)?.get())),
  );
  api.get('/funnels/standing', (c) =>
    withBody(standingQuery, c.req.query(), c, async ({ rule, step }) =>
      c.json(await standingView(panel, rule, step)),
    ),
  );
  return [...views.values()];
}
