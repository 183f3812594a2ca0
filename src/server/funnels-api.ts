import type { Hono } from 'hono';
import { z } from 'zod';
import { type CachedAggregate, cachedAggregate } from './cached-aggregate.js';
import { funnelsView, standingView } from './funnels-view.js';
import type { StandingMark } from '../store/ports/funnel-shapes.js';
import type { FunnelsView } from './funnel-views.js';
import type { Panel } from './panel.js';
import { withBody } from './body.js';

/** Longest range in days. */
const MOST_DAYS = 366;
/** Number of ranges kept in the cache. */
const MOST_RANGES = 8;

const days = z.coerce.number().int().min(1).max(MOST_DAYS).default(30);
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
export function createFunnelsApi(api: Hono, panel: Panel): Pick<CachedAggregate<unknown>, 'isOlderThan'> {
  const views = new Map<number, CachedAggregate<FunnelsView>>();
  const viewOf = (range: number): CachedAggregate<FunnelsView> => {
    const view = views.get(range) ?? cachedAggregate(() => funnelsView(panel, range));
    // The range used longest ago is the first.
    views.delete(range);
    views.set(range, view);
    const [oldest] = views.keys();
    if (views.size > MOST_RANGES && oldest !== undefined) views.delete(oldest);
    return view;
  };
  api.get('/funnels', (c) =>
    withBody(query, c.req.query(), c, async (asked) => c.json(await viewOf(asked.days).get())),
  );
  api.get('/funnels/standing', (c) =>
    withBody(standingQuery, c.req.query(), c, async (asked) => c.json(await standingView(panel, asked))),
  );
  return { isOlderThan: (moment) => [...views.values()].some((view) => view.isOlderThan(moment)) };
}
