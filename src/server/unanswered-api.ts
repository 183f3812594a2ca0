import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { InboundEvent } from '../domain/event.js';
import type { Rule } from '../domain/rule.js';
import { type JournalTexts, readLatestTexts } from '../suggest/journal.js';
import { adviceOf, precisions } from '../suggest/precision.js';
import { judgedOf } from '../suggest/sample.js';
import { MEASURED_FOR } from '../suggest/suggest.js';
import type { ActorOf } from './actor.js';
import { bodyOf, withBody } from './body.js';
import { JudgeError, runAside } from './judge-aside.js';
import type { Panel } from './panel.js';
import type { ExampleRuleView, ExampleRulesView, JudgedView, ReadingView } from './unanswered-views.js';

/** Maximum number of messages that a job is made about, the latest: more would be sent to the thread for long. */
const MOST_TEXTS = 5_000;

const labelBody = z.object({
  eventId: z.string().min(1).max(300),
  rule: z.string().min(1).max(200),
  isRight: z.boolean(),
});

/** Routes about unanswered messages, and about judging what rules with examples would answer. */
export function createUnansweredApi(panel: Panel, actorOf: ActorOf): Hono {
  const api = new Hono();
  api.onError((error, c) => {
    if (error instanceof JudgeError) return c.json({ error: error.message }, 503);
    throw error;
  });
  api.get('/', async (c) => {
    const texts = await textsOf(panel);
    return c.json(await runAside('suggest', { config: panel.config, rules: rulesOf(panel), texts }));
  });
  api.get('/rules', (c) =>
    c.json({ rules: rulesOf(panel).flatMap((rule) => viewOf(rule) ?? []) } satisfies ExampleRulesView),
  );
  api.get('/rules/:id', async (c) => {
    const rule = findRule(panel, c.req.param('id'));
    const view = rule && viewOf(rule);
    if (!view) return noRule(c);
    const texts = await textsOf(panel);
    const job = { config: panel.config, rules: rulesOf(panel), texts, rule: view.id };
    return c.json({ rule: view, ...(await runAside('read', job)) } satisfies ReadingView);
  });
  api.post('/labels', async (c) =>
    withBody(labelBody, await bodyOf(c), c, async ({ eventId, rule: id, isRight }) => {
      const rule = findRule(panel, id);
      if (!rule?.examples) return noRule(c);
      const result = await panel.command({ do: 'label', eventId, rule: id, isRight }, actorOf(c));
      return 'labelled' in result && result.labelled
        ? c.json(await judgedView(panel, rule))
        : c.json({ error: 'the text of this message was deleted; go to the next one' }, 409);
    }),
  );
  return api;
}

/** The active rules as they were written. */
function rulesOf(panel: Panel): readonly Rule[] {
  return panel.set().written;
}

function findRule(panel: Panel, id: string): Rule | undefined {
  return rulesOf(panel).find((rule) => rule.id === id);
}

function noRule(c: Context): Response {
  return c.json({ error: 'there is no active rule with examples of this name' }, 404);
}

function viewOf({ id, on, examples }: Rule): ExampleRuleView | null {
  return examples === undefined ? null : { id, on, certainty: examples.certainty, mode: examples.mode };
}

/** The latest messages of the time that effects are counted on. */
function textsOf({ store, clock }: Panel): Promise<JournalTexts> {
  return readLatestTexts(store, { since: clock() - MEASURED_FOR, limit: MOST_TEXTS });
}

/** The judgements of a rule, by the messages that were judged. */
async function judgedView({ store, reports, set }: Panel, rule: Rule): Promise<JudgedView> {
  const labels = (await store.labels()).filter((label) => label.rule === rule.id);
  const events: InboundEvent[] = [];
  for (const { eventId } of labels) {
    const row = await reports.event(eventId);
    if (row) events.push(row.event);
  }
  const { judged, spent } = judgedOf(events, rule, { set: set(), labels });
  const precision = precisions(judged);
  return { precision, advice: adviceOf(precision), spent };
}
