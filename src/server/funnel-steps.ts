import { describe } from '../engine/describe.js';
import type { Condition } from '../domain/condition.js';
import { type Ask, type Funnel, pathOfStep, type Step, type StepPath } from '../domain/funnel.js';
import { formatDuration } from '../domain/time.js';
import type { FunnelShape, StepTime } from '../store/ports/funnel-shapes.js';
import type { FunnelBranchView, FunnelStepView } from './funnel-views.js';

interface Placed {
  readonly path: StepPath;
  readonly view: FunnelStepView;
  readonly branches: Map<string, FunnelStepView[]>;
  readonly step: Step;
}

/** Counts and times of the runs of a version. */
interface StepCounts extends Pick<FunnelShape, 'steps' | 'places'> {
  readonly times: readonly StepTime[];
}

/**
 * The steps of a funnel as a tree: the compiled list has jumps, and the path of each step in the rule file tells in
 * which branch of which step it is. `say` renders a text for an example contact.
 */
export function stepsView(
  funnel: Funnel,
  { steps: figures, places, times }: StepCounts,
  say: (text: string) => string,
): readonly FunnelStepView[] {
  const roots: FunnelStepView[] = [];
  const placed: Placed[] = [];
  for (const [index, step] of funnel.steps.entries()) {
    if (step.type === 'goto') continue;
    const path = pathOfStep(funnel, index);
    const figure = figures.find((each) => each.step === index);
    const time = isStop(step) ? times.find((each) => each.step === index) : undefined;
    const here = places.filter((place) => place.step === index);
    const branches = new Map(branchNames(step).map((name) => [name, [] as FunnelStepView[]]));
    const view: FunnelStepView = {
      step: index,
      name: nameOf(step),
      says: saysOf(step, say),
      reached: figure?.reached ?? 0,
      isStop: isStop(step),
      waiting: here.reduce((sum, { outcome, n }) => sum + (outcome === null ? n : 0), 0),
      losses: here.flatMap(({ outcome, n }) =>
        outcome === null || outcome === 'completed' || outcome === 'refused' ? [] : [{ why: outcome, n }],
      ),
      median: time?.median ?? null,
      most: time?.most ?? null,
      branches: [],
    };
    listFor(path, placed, roots).push(view);
    placed.push({ path, view, branches, step });
  }
  for (const each of placed) Object.assign(each.view, { branches: branchesOf(each) });
  return roots;
}

/** The list that a step belongs to: that of its branch, or the funnel's own. */
function listFor(path: StepPath, placed: readonly Placed[], roots: FunnelStepView[]): FunnelStepView[] {
  const depth = path.slice(0, -1).findLastIndex((part) => typeof part === 'number');
  if (depth < 0) return roots;
  const above = placed.findLast(({ path: other }) => isSame(other, path.slice(0, depth + 1)));
  if (above === undefined) return roots;
  const name = String(path.at(-2));
  const list = above.branches.get(name) ?? [];
  above.branches.set(name, list);
  return list;
}

function isSame(one: StepPath, other: StepPath): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** Names of the branches that a step has even if they contain no steps. */
function branchNames(step: Step): readonly string[] {
  if (step.type === 'split') return step.branches.map(({ name }) => name);
  return step.type === 'if' ? ['then'] : [];
}

function branchesOf({ step, view, branches }: Placed): readonly FunnelBranchView[] {
  const named = [...branches].map(([name, steps]) => {
    return { name: branchLabel(step, name), reached: steps[0]?.reached ?? null, steps };
  });
  const taken = named.reduce((sum, { reached }) => sum + (reached ?? 0), 0);
  const isCounted = named.every(({ reached }) => reached !== null);
  if (step.type === 'if' && !branches.has('else') && isCounted)
    return [...named, { name: 'otherwise', reached: Math.max(0, view.reached - taken), steps: [] }];
  if (step.type === 'split' && step.holdOut > 0 && isCounted)
    return [...named, { name: 'held out', reached: Math.max(0, view.reached - taken), steps: [] }];
  return named;
}

function branchLabel({ type }: Step, name: string): string {
  if (type === 'if') return name === 'then' ? 'yes' : 'no';
  if (name === 'on_error') return 'if it fails';
  if (name === 'empty') return 'if no code is left';
  return type === 'ask' && name === 'else' ? 'any other answer' : name;
}

function isStop({ type }: Step): boolean {
  return type === 'ask' || type === 'wait' || type === 'fetch' || type === 'code';
}

function saysOf(step: Step, say: (text: string) => string): string | null {
  const reply = step.type === 'reply' ? step.reply : step.type === 'ask' ? step.ask.question : null;
  const text = reply?.texts[0];
  return text === undefined ? null : say(text);
}

function nameOf(step: Step): string {
  const name = NAMES[step.type] as (step: Step) => string;
  return name(step);
}

const NAMES: { readonly [T in Step['type']]: (step: Step & { readonly type: T }) => string } = {
  ask: ({ ask }) => `Asked for ${answerIn(ask)}${remindersOf(ask)}`,
  reply: () => 'Got a text',
  wait: ({ until }) =>
    'time' in until ? `Waits ${formatDuration(until.time)}` : `Waits until ${until.open} opens`,
  if: ({ when }) => `If ${conditionIn(when)}`,
  split: ({ name }) => `Split ${name}`,
  fetch: ({ url }) => `Asks ${hostOf(url)}`,
  code: ({ pool }) => `Gets a code of ${pool}`,
  tag: ({ tags }) => `Tagged ${tags.join(', ')}`,
  untag: ({ tags }) => `Loses the tag ${tags.join(', ')}`,
  set: ({ fields }) => `Keeps ${Object.keys(fields).join(', ')}`,
  webhook: ({ url }) => `Webhook to ${hostOf(url)}`,
  pause: () => 'Pauses replies',
  handoff: () => 'Handed to a person',
  goto: () => '',
};

function answerIn({ expect, save }: Ask): string {
  if (save !== null) return save;
  return expect.kind === 'choice' ? `one of ${expect.choices.join(', ')}` : expect.kind;
}

function remindersOf({ reminders = [] }: Ask): string {
  if (reminders.length === 0) return '';
  return `, reminded after ${reminders.map(({ after }) => formatDuration(after)).join(' and ')}`;
}

function conditionIn(condition: Condition): string {
  if ('all' in condition) return condition.all.map(conditionIn).join(' and ');
  if ('any' in condition) return condition.any.map(conditionIn).join(' or ');
  return 'not' in condition ? `not ${conditionIn(condition.not)}` : describe(condition);
}

/** The host of an address, which may contain templates; never its path or query, which may contain a secret. */
function hostOf(url: string): string {
  return /^https?:\/\/(?<host>[^/?#{]+)/u.exec(url)?.groups?.['host'] ?? 'another service';
}
