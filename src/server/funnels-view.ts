import type { Rule } from '../domain/rule.js';
import { branchResults } from '../domain/split.js';
import { DAY, type Instant } from '../domain/time.js';
import type { FunnelFigure } from '../store/contacts.js';
import type { FunnelShape, Standing } from '../store/funnel-shapes.js';
import { exampleOf } from './example.js';
import { stepsView } from './funnel-steps.js';
import type { Panel } from './panel.js';
import type { FunnelsView, FunnelView, StageView } from './funnel-views.js';

/** Number of contacts shown at a step. */
const MOST_STANDING = 50;

/** Each funnel of the last `range` days, and the funnels of active rules without contacts. */
export async function funnelsView(panel: Panel, range: number): Promise<FunnelsView> {
  const { reports, clock, set } = panel;
  const today = Math.floor(clock() / DAY) * DAY;
  const since = today - (range - 1) * DAY;
  const figures = await reports.funnels(since);
  const shapes = await reports.funnelShapes(since);
  const rules = new Map(set().written.map((rule) => [rule.id, rule]));
  const begins = [...rules.values()].filter(
    ({ funnel, actions }) => funnel !== null || actions.some(({ type }) => type === 'private_reply'),
  );
  const names = new Set([...begins.map(({ id }) => id), ...figures.map(({ rule }) => rule)]);
  return {
    range,
    today,
    splits: branchResults(await reports.branchFigures(since)),
    funnels: [...names].map((name) => {
      const rule = rules.get(name) ?? null;
      const own = shapes.filter((shape) => shape.rule === name);
      const days = figures.filter((each) => each.rule === name);
      return funnelView(name, rule, { shapes: own, figures: days, today, range }, (text) =>
        exampleOf(text, rule, panel),
      );
    }),
  };
}

/** Contacts who stand at a step of a funnel, those longest there first. */
export function standingView(
  { reports, set }: Panel,
  rule: string,
  step: number,
): Promise<readonly Standing[]> {
  const funnel = set().written.find(({ id }) => id === rule)?.funnel ?? null;
  const steps = funnel === null ? null : JSON.stringify(funnel);
  return reports.standing({ rule, steps, step, limit: MOST_STANDING });
}

interface Counted {
  readonly shapes: readonly FunnelShape[];
  readonly figures: readonly FunnelFigure[];
  readonly today: Instant;
  readonly range: number;
}

function funnelView(
  name: string,
  rule: Rule | null,
  { shapes, figures, today, range }: Counted,
  say: (text: string) => string,
): FunnelView {
  const sum = (of: (figure: FunnelFigure) => number): number =>
    figures.reduce((all, day) => all + of(day), 0);
  const first = rule?.actions.find(({ type }) => type !== 'comment_reply')?.reply.texts[0];
  const written = rule?.funnel ?? null;
  // The active version, even if nobody is in it yet; of a rule that is gone, the last one.
  const current =
    rule === null ? shapes[0] : shapes.find(({ funnel }) => written !== null && isSame(funnel, written));
  const funnel = written ?? current?.funnel ?? null;
  const inCurrent =
    rule !== null && written === null ? sum(({ reached }) => reached) : (current?.reached ?? 0);
  const stages: StageView[] = [
    {
      name: 'Came in',
      says: null,
      reached: sum(({ reached }) => reached),
      waiting: sending(shapes),
      losses: refusals(figures),
    },
    {
      name: 'Got the first message',
      says: first === undefined ? null : say(first),
      reached: sum(({ sent }) => sent),
      waiting: 0,
      losses: [],
    },
  ];
  const days = Array.from({ length: range }, (_, index) => {
    const day = new Date(today - (range - 1 - index) * DAY).toISOString().slice(0, 10);
    return figures.filter((figure) => figure.day === day).reduce((all, figure) => all + figure.reached, 0);
  });
  return {
    rule: name,
    isInForce: rule !== null,
    stages,
    steps: funnel === null ? [] : stepsView(funnel, current ?? { steps: [], places: [] }, say),
    completed: sum(({ completed }) => completed),
    earlier: sum(({ reached }) => reached) - inCurrent,
    days,
  };
}

/** True for the same steps, as they are stored. */
function isSame(one: FunnelShape['funnel'], other: FunnelShape['funnel']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Contacts whose first message is being sent and whose funnel halts nowhere. */
function sending(shapes: readonly FunnelShape[]): number {
  return shapes
    .flatMap(({ places }) => places)
    .reduce((all, { step, outcome, n }) => all + (step === null && outcome === null ? n : 0), 0);
}

function refusals(figures: readonly FunnelFigure[]): StageView['losses'] {
  const counts = new Map<string, number>();
  for (const [why, n] of figures.flatMap(({ refused }) => Object.entries(refused))) {
    counts.set(why, (counts.get(why) ?? 0) + n);
  }
  return [...counts].map(([why, n]) => ({ why, n }));
}
