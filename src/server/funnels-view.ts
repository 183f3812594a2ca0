import { sumsOf } from '../domain/group.js';
import type { Rule } from '../domain/rule.js';
import { branchResults } from '../domain/split.js';
import { DAY, type Instant } from '../domain/time.js';
import type { FunnelFigure } from '../store/ports/contact-views.js';
import type { FunnelShape, StandingQuery, StepTime } from '../store/ports/funnel-shapes.js';
import { exampleOf } from './example.js';
import { stepsView } from './funnel-steps.js';
import type { Panel } from './panel.js';
import type { FunnelsView, FunnelView, StageView, StandingsView } from './funnel-views.js';

/** Number of contacts in a page of those at a step. */
const MOST_STANDING = 50;

/** Each funnel of the last `range` days, and the funnels of active rules without contacts. */
export async function funnelsView(panel: Panel, range: number): Promise<FunnelsView> {
  const { reports, clock, set } = panel;
  const { today, since } = daysOf(clock(), range);
  const figures = await reports.funnels(since);
  const shapes = await reports.funnelShapes(since);
  const rules = new Map(set().written.map((rule) => [rule.id, rule]));
  const begins = [...rules.values()].filter(
    ({ funnel, actions }) => funnel !== null || actions.some(({ type }) => type === 'private_reply'),
  );
  const names = new Set([...begins.map(({ id }) => id), ...figures.map(({ rule }) => rule)]);
  const funnels: FunnelView[] = [];
  for (const name of names) {
    const rule = rules.get(name) ?? null;
    const own = shapes.filter((shape) => shape.rule === name);
    const current = currentOf(rule, own);
    const times = current === undefined ? [] : await reports.stepTimes(current, since);
    const days = figures.filter((each) => each.rule === name);
    const counted = { shapes: own, current, times, figures: days, today, range };
    funnels.push(funnelView(name, rule, counted, (text) => exampleOf(text, rule, panel)));
  }
  return { range, today, splits: branchResults(await reports.branchFigures(since)), funnels };
}

/** A page of the contacts who stand at a step of a funnel in the last `days`, those longest there first. */
export async function standingView(
  { reports, set, clock }: Panel,
  { days, ...query }: Pick<StandingQuery, 'rule' | 'step' | 'after'> & { readonly days: number },
): Promise<StandingsView> {
  const from = daysOf(clock(), days).since;
  const funnel = set().written.find(({ id }) => id === query.rule)?.funnel ?? null;
  const steps = funnel === null ? null : JSON.stringify(funnel);
  const limit = MOST_STANDING + 1;
  const found = await reports.standing({ ...query, steps, from, limit });
  const people = found.slice(0, MOST_STANDING);
  const last = people.at(-1);
  const isMore = found.length > MOST_STANDING && last !== undefined;
  return { people, after: isMore ? `${last.since}.${last.run}` : null };
}

/** The first day of a range in days, and the last one, UTC. */
function daysOf(now: Instant, range: number): { readonly since: Instant; readonly today: Instant } {
  const today = Math.floor(now / DAY) * DAY;
  return { today, since: today - (range - 1) * DAY };
}

interface Counted {
  readonly shapes: readonly FunnelShape[];
  /** The version whose steps are shown. */
  readonly current: FunnelShape | undefined;
  readonly times: readonly StepTime[];
  readonly figures: readonly FunnelFigure[];
  readonly today: Instant;
  readonly range: number;
}

function funnelView(
  name: string,
  rule: Rule | null,
  { shapes, current, times, figures, today, range }: Counted,
  say: (text: string) => string,
): FunnelView {
  const sum = (of: (figure: FunnelFigure) => number): number =>
    figures.reduce((all, day) => all + of(day), 0);
  const written = rule?.funnel ?? null;
  const funnel = written ?? current?.funnel ?? null;
  const inCurrent =
    rule !== null && written === null ? sum(({ reached }) => reached) : (current?.reached ?? 0);
  const days = Array.from({ length: range }, (_, index) => {
    const day = new Date(today - (range - 1 - index) * DAY).toISOString().slice(0, 10);
    return figures.filter((figure) => figure.day === day).reduce((all, figure) => all + figure.reached, 0);
  });
  return {
    rule: name,
    isInForce: rule !== null,
    stages: beginningOf(rule, { shapes, figures, say }),
    steps: funnel === null ? [] : stepsView(funnel, { steps: [], places: [], ...current, times }, say),
    completed: sum(({ completed }) => completed),
    earlier: sum(({ reached }) => reached) - inCurrent,
    days,
  };
}

/** Who came in, and who got the first message. */
function beginningOf(
  rule: Rule | null,
  { shapes, figures, say }: Pick<Counted, 'shapes' | 'figures'> & { readonly say: (text: string) => string },
): readonly StageView[] {
  const first = rule?.actions.find(({ type }) => type !== 'comment_reply')?.reply.texts[0];
  return [
    {
      name: 'Came in',
      says: null,
      reached: figures.reduce((all, { reached }) => all + reached, 0),
      waiting: sending(shapes),
      losses: refusals(figures),
    },
    {
      name: 'Got the first message',
      says: first === undefined ? null : say(first),
      reached: figures.reduce((all, { sent }) => all + sent, 0),
      waiting: 0,
      losses: [],
    },
  ];
}

/** The runs of the active version, if anybody is in it; of a rule that is gone, those of its last version. */
function currentOf(rule: Rule | null, shapes: readonly FunnelShape[]): FunnelShape | undefined {
  if (rule === null) return shapes[0];
  const written = rule.funnel === null ? null : JSON.stringify(rule.funnel);
  return shapes.find(({ funnel }) => JSON.stringify(funnel) === written);
}

/** Contacts whose first message is being sent and whose funnel halts nowhere. */
function sending(shapes: readonly FunnelShape[]): number {
  return shapes
    .flatMap(({ places }) => places)
    .reduce((all, { step, outcome, n }) => all + (step === null && outcome === null ? n : 0), 0);
}

function refusals(figures: readonly FunnelFigure[]): StageView['losses'] {
  const counts = sumsOf(figures.flatMap(({ refused }) => Object.entries(refused)));
  return [...counts].map(([why, n]) => ({ why, n }));
}
