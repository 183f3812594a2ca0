import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { EVENT_KINDS } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { DAY, HOUR, MINUTE } from '../domain/time.js';
import type { Figure } from '../store/ports/reports.js';
import { dialogue, feed, feedQuery, people, peopleQuery } from './feed.js';
import { bodyOf, sendId, withBody } from './body.js';
import { changes } from './change-stream.js';
import { createDraftsApi } from './drafts-api.js';
import { createCommentsApi, createHandApi, savedView } from './hand-api.js';
import { createEditApi } from './edit-api.js';
import { createFunnelsApi } from './funnels-api.js';
import { cachedAggregate } from './cached-aggregate.js';
import { leadsFile, leadsView } from './leads-view.js';
import { type ActorOf, actorsOf } from './actor.js';
import type { Panel } from './panel.js';
import { type Caller, includes } from '../domain/role.js';
import { playApi } from './play-api.js';
import { createRivalsView } from './rivals-view.js';
import { diffView, rulesView, testsView, tryView } from './rules-view.js';
import { hourlySums, MOST_AHEAD, RANGES, todayView } from './today.js';
import { typingApi } from './typing-api.js';
import { createUnansweredApi } from './unanswered-api.js';
import { attentionView, nowView, whyView } from './views-of.js';

const LONGEST_RULES = 1_000_000;
/** Requests with a body that only compute something. */
const READING = /^(?:\/api)?\/(?:try|diff)$/u;

const todayQuery = z.object({
  days: z.coerce
    .number()
    .refine((days) => RANGES.some((range) => range === days), `one of ${RANGES.join(', ')}`)
    .default(7),
  /** Minutes that the reader's clock is ahead of UTC. */
  ahead: z.coerce.number().int().min(-MOST_AHEAD).max(MOST_AHEAD).default(0),
});
const tryBody = z.object({
  text: z.string().min(1).max(20_000),
  kind: z.enum(EVENT_KINDS),
  account: z.string(),
  at: z.number().int(),
});
const diffBody = z.object({ rules: z.string().max(LONGEST_RULES) });
const TOO_LONG = 'is longer than 100 years; fix: null pauses until `resume`';
const pauseBody = z.object({
  scope: z.string().regex(/^(?:all|(?:account|contact|conversation):.{1,200})$/u),
  /** Duration of the pause in milliseconds; null for a pause until `resume`. */
  for: z.number().int().positive().max(LIMITS.longestTime, TOO_LONG).nullable(),
  /** True for a contact or conversation that the store does not know. @default false */
  unseen: z.boolean().optional(),
});
const resumeBody = pauseBody.pick({ scope: true });

/**
 * The JSON API of the dashboard. The gate checks access before; `roleOf` returns the role of the caller's
 * token.
 */
export function createApi(panel: Panel, callerOf: (context: Context) => Caller): Hono {
  const api = new Hono();
  // Before all routes: one that is added later is closed to viewers too.
  api.use(async (c, next) => {
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD' || READING.test(c.req.path);
    if (!isReading && !includes(callerOf(c).role, 'agent')) {
      return c.json({ error: 'a token with the role viewer can change nothing' }, 403);
    }
    await next();
    return undefined;
  });
  const actorOf = actorsOf(callerOf);
  const figures = cachedAggregate(() => latestFigures(panel));
  const funnels = createFunnelsApi(api, panel);
  const sums = new Map(
    RANGES.map((range) => [range as number, cachedAggregate(() => hourlySums(panel, range))]),
  );

  const rivals = createRivalsView(panel);

  api.get('/now', async (c) => c.json(await nowView(panel, await figures.get(), await rivals())));
  api.get('/today', (c) =>
    withBody(todayQuery, c.req.query(), c, async ({ days, ahead }) => {
      const hourly = await sums.get(days)?.get();
      return c.json(todayView(panel.clock(), days, ahead * MINUTE, hourly ?? { figures: [], leads: [] }));
    }),
  );
  api.get('/leads', async (c) => c.json(await leadsView(panel)));
  api.get('/leads.csv', async (c) =>
    c.body(await leadsFile(panel), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="leads.csv"',
    }),
  );
  api.get('/attention', async (c) => c.json(await attentionView(panel, await figures.get(), await rivals())));
  api.get('/rules', async (c) => c.json(rulesView(panel, await figures.get())));
  api.get('/tests', async (c) => c.json(await testsView(panel)));
  api.get('/events', (c) =>
    withBody(feedQuery, c.req.query(), c, async (query) => c.json(await feed(panel, query))),
  );
  api.get('/events/:id', async (c) => {
    const row = await panel.reports.event(c.req.param('id'));
    return row ? c.json(await whyView(panel, row)) : c.json({ error: 'the journal has no such event' }, 404);
  });
  conversations(api, panel);
  typingApi(api, panel, actorOf);
  api.get('/changes', (c) => changes(panel, [figures, funnels, ...sums.values()], c));
  api.route('/rule-files', createEditApi(panel, callerOf));
  api.route('/drafts', createDraftsApi(panel, actorOf));
  api.route('/replies', createHandApi(panel, actorOf));
  api.route('/comments', createCommentsApi(panel, actorOf));
  api.route('/unanswered', createUnansweredApi(panel, actorOf));
  playApi(api, panel);
  actions(api, panel, actorOf);
  return api;
}

/** Registers the routes that show people and their conversations. */
function conversations(api: Hono, panel: Panel): void {
  api.get('/people', (c) =>
    withBody(peopleQuery, c.req.query(), c, async (query) => c.json(await people(panel, query))),
  );
  api.get('/people/:account/:contact', async (c) =>
    c.json(await dialogue(panel, c.req.param('account'), c.req.param('contact'))),
  );
  api.get('/people/:account/:contact/saved', async (c) =>
    c.json(await savedView(panel, c.req.param('account'), c.req.param('contact'))),
  );
}

function actions(api: Hono, panel: Panel, actorOf: ActorOf): void {
  for (const verb of ['retry', 'discard'] as const) {
    api.post(`/sends/:id/${verb}`, (c) =>
      withBody(sendId, c.req.param('id'), c, async (id) => {
        const result = await panel.command({ do: verb, id }, actorOf(c));
        const isDone = 'send' in result && result.send !== null;
        return isDone
          ? c.json(result)
          : c.json(
              {
                error: 'the send can no longer be changed, or its text was deleted; the page shows its state',
              },
              409,
            );
      }),
    );
  }
  besides(api, panel, actorOf);
  api.post('/pause', async (c) =>
    withBody(pauseBody, await bodyOf(c), c, async ({ scope, for: length, unseen = false }) => {
      const [kind, ...rest] = scope.split(':');
      const id = rest.join(':');
      if (kind === 'account' && !panel.config.accounts.some(({ name }) => name === id)) {
        return c.json({ error: `the configuration has no account ${id}` }, 400);
      }
      if (!unseen && !(await isKnown(panel, kind, id))) {
        const fix = 'fix: write the id of one that is, or add "unseen": true';
        return c.json({ error: `no ${kind} with the id "${id}" is in the store; ${fix}` }, 404);
      }
      const until = length === null ? null : panel.clock() + length;
      return c.json(await panel.command({ do: 'pause', scope, until }, actorOf(c)));
    }),
  );
  api.post('/resume', async (c) =>
    withBody(resumeBody, await bodyOf(c), c, async ({ scope }) =>
      c.json(
        await panel.command({ do: 'resume', scope, humanPause: panel.config.guards.humanPause }, actorOf(c)),
      ),
    ),
  );
  api.post('/try', async (c) =>
    withBody(tryBody, await bodyOf(c), c, async (request) => {
      try {
        return c.json(await tryView(panel, request));
      } catch (error) {
        if (error instanceof RangeError) return c.json({ error: error.message }, 400);
        throw error;
      }
    }),
  );
  api.post('/diff', async (c) =>
    withBody(diffBody, await bodyOf(c), c, async ({ rules }) => c.json(await diffView(panel, rules))),
  );
}

/** False for a contact or a conversation that the store does not know: a mistyped id would pause nobody. */
async function isKnown({ store }: Panel, kind: string | undefined, id: string): Promise<boolean> {
  if (kind === 'contact') return (await store.contacts({ limit: 1, contactId: id })).length > 0;
  return kind !== 'conversation' || (await store.conversationPeople(id)) !== null;
}

/** Registers routes for webhooks and handoffs. */
function besides(api: Hono, panel: Panel, actorOf: ActorOf): void {
  for (const verb of ['retry', 'discard'] as const) {
    api.post(`/webhooks/:id/${verb}`, (c) =>
      withBody(sendId, c.req.param('id'), c, async (id) => {
        const result = await panel.command({ do: `${verb}-webhook`, id }, actorOf(c));
        return 'webhook' in result && result.webhook !== null
          ? c.json({ ok: true })
          : c.json({ error: 'the webhook can no longer be changed; the page shows its state' }, 409);
      }),
    );
  }
  api.post('/handoffs/:id/done', (c) =>
    withBody(sendId, c.req.param('id'), c, async (id) => {
      const result = await panel.command({ do: 'end-handoff', id }, actorOf(c));
      return 'handoffEnded' in result && result.handoffEnded
        ? c.json({ ok: true })
        : c.json({ error: 'the handoff was already done; the page shows its state' }, 409);
    }),
  );
}

/** Figures of the last seven days. */
function latestFigures({ reports, clock }: Panel): Promise<readonly Figure[]> {
  const since = Math.floor(clock() / DAY) * DAY - 6 * DAY;
  return reports.figures(Math.floor(since / HOUR) * HOUR);
}
