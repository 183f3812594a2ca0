import type { Ask, Funnel } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { branchResults } from '../domain/split.js';
import { DAY, type Instant } from '../domain/time.js';
import type { FunnelFigure, FunnelPlace } from '../store/contacts.js';
import { exampleOf } from './example.js';
import type { Panel } from './panel.js';
import type { FunnelsView, FunnelView, StageView } from './views.js';

const DAYS = 30;

/** Each funnel of the last 30 days, and the funnels of active rules without contacts. */
export async function funnelsView(panel: Panel): Promise<FunnelsView> {
  const { reports, clock, set } = panel;
  const today = Math.floor(clock() / DAY) * DAY;
  const since = today - (DAYS - 1) * DAY;
  const { figures, places } = await reports.funnels(since);
  const rules = new Map(set().written.map((rule) => [rule.id, rule]));
  const begins = [...rules.values()].filter(
    ({ funnel, actions }) => funnel !== null || actions.some(({ type }) => type === 'private_reply'),
  );
  const names = new Set([...begins.map(({ id }) => id), ...figures.map(({ rule }) => rule)]);
  return {
    today,
    splits: branchResults(await reports.branchFigures(since)),
    funnels: [...names].map((name) => {
      const rule = rules.get(name) ?? null;
      const view = funnelView(name, rule, {
        figures: figures.filter((each) => each.rule === name),
        places: places.filter((each) => each.rule === name),
        today,
      });
      const stages = view.stages.map((stage) => {
        return { ...stage, says: stage.says === null ? null : exampleOf(stage.says, rule, panel) };
      });
      return { ...view, stages };
    }),
  };
}

interface Counted {
  readonly figures: readonly FunnelFigure[];
  readonly places: readonly FunnelPlace[];
  readonly today: Instant;
}

function funnelView(name: string, rule: Rule | null, { figures, places, today }: Counted): FunnelView {
  const sum = (of: (figure: FunnelFigure) => number): number =>
    figures.reduce((all, day) => all + of(day), 0);
  const reached = sum((day) => day.reached);
  const sent = sum((day) => day.sent);
  const first = rule?.actions.find(({ type }) => type !== 'comment_reply');
  const stages: StageView[] = [
    {
      name: 'Came in',
      says: null,
      reached,
      waiting: places.length === 0 ? 0 : sending(places),
      losses: refusals(figures),
    },
    ...(asksOf(rule?.funnel ?? null).length === 0 ? [] : asked(rule, places, sent)),
    { name: 'Came to the end', says: null, reached: sum((day) => day.completed), waiting: 0, losses: [] },
  ];
  const [came, ...rest] = stages;
  const message = { name: 'Got the first message', says: first?.reply.texts[0] ?? null, reached: sent };
  const days = Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(today - (DAYS - 1 - index) * DAY).toISOString().slice(0, 10);
    return figures.filter((figure) => figure.day === day).reduce((all, figure) => all + figure.reached, 0);
  });
  const whole = came ? [came, { ...message, waiting: 0, losses: [] }, ...rest] : [];
  return { rule: name, isInForce: rule !== null, stages: whole, days };
}

/** Contacts whose first message is being sent and whose funnel asks nothing. */
function sending(places: readonly FunnelPlace[]): number {
  return places.reduce((all, { step, outcome, n }) => all + (step === null && outcome === null ? n : 0), 0);
}

function refusals(figures: readonly FunnelFigure[]): StageView['losses'] {
  const counts = new Map<string, number>();
  for (const [why, n] of figures.flatMap(({ refused }) => Object.entries(refused))) {
    counts.set(why, (counts.get(why) ?? 0) + n);
  }
  return [...counts].map(([why, n]) => ({ why, n }));
}

function asksOf(funnel: Funnel | null): readonly { readonly ask: Ask; readonly step: number }[] {
  return (funnel?.steps ?? []).flatMap((each, step) =>
    each.type === 'ask' ? [{ ask: each.ask, step }] : [],
  );
}

/** Stages of a funnel by question: contacts who wait there, whose run ended there, and who continued. */
function asked(rule: Rule | null, places: readonly FunnelPlace[], sent: number): readonly StageView[] {
  return asksOf(rule?.funnel ?? null).map(({ ask, step }, index) => {
    const here = places.filter((place) => place.step === step);
    const further = places.filter(
      (place) => (place.step ?? -1) > step || (place.step === step && place.outcome === 'completed'),
    );
    const total = (of: readonly FunnelPlace[]): number => of.reduce((all, { n }) => all + n, 0);
    // Contacts whose message was not sent were not asked.
    const stuck = here.filter(({ outcome }) => outcome !== 'completed' && outcome !== 'refused');
    return {
      name: `Asked for ${nameOf(ask)}`,
      says: ask.question?.texts[0] ?? null,
      reached: index === 0 ? sent : total(stuck) + total(further),
      waiting: total(stuck.filter(({ outcome }) => outcome === null)),
      losses: stuck.flatMap(({ outcome, n }) => (outcome === null ? [] : [{ why: outcome, n }])),
    };
  });
}

function nameOf({ expect, save }: Ask): string {
  if (save !== null) return save;
  return expect.kind === 'choice' ? `one of ${expect.choices.join(', ')}` : expect.kind;
}
