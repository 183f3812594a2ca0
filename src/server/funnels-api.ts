import type { Hono } from 'hono';
import { z } from 'zod';
import { type CachedAggregate, cachedAggregate } from './cached-aggregate.js';
import { funnelsView, standingView } from './funnels-view.js';
import type { StandingMark } from '../store/funnel-shapes.js';
import type { Panel } from './panel.js';
import { RANGES } from './today.js';
import { withBody } from './body.js';

const days = z.coerce
  .number()
  .refine((number) => RANGES.some((range) => range === number), `one of ${RANGES.join(', ')}`)
  .default(30);
const query = z.object({ days });
const standingQuery = z.object({
  rule: z.string().min(1).max(200),
  step: z.coerce.number().int().min(0),
  days,
  after: z
    .string()
    .regex(/^\d{1,15}\.\d{1,15}$/u, 'the value `after` of a former page')
    .transform(markOf)
    .nullable()
    .default(null),
});

function markOf(text: string): StandingMark {
  const [since = 0, run = 0] = text.split('.').map(Number);
  return { since, run };
}

/** Registers the routes of funnels. Returns what they keep in a cache. */
export function createFunnelsApi(api: Hono, panel: Panel): readonly CachedAggregate<unknown>[] {
  const views = new Map(
    RANGES.map((range) => [range as number, cachedAggregate(() => funnelsView(panel, range))]),
  );
  api.get('/funnels', (c) =>
    withBody(query, c.req.query(), c, async (asked) => c.json(await views.get(asked.days)?.get())),
  );
  api.get('/funnels/standing', (c) =>
    withBody(standingQuery, c.req.query(), c, async (asked) => c.json(await standingView(panel, asked))),
  );
  return [...views.values()];
}
