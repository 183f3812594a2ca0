import { type Funnel, pathOfStep, type Step } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, type Millis } from '../domain/time.js';
import { nextOf } from './funnel-steps.js';
import type { RuleWarning } from './warning.js';

/** Least time since the contact's last message when a step runs. */
export interface Elapsed {
  readonly least: Millis;
  /** The same for the last text before the step: its delay runs while the next steps are taken. */
  readonly said: Millis;
  /** The last wait before the step; null if no time has passed. */
  readonly wait: number | null;
}

/**
 * Waits and reminders after which the messaging window is closed whatever branches are taken. A wait with
 * `on_message: keep` proves nothing: a message meanwhile opens the window again.
 */
export function lateSteps(rule: Rule, window: Millis): readonly RuleWarning[] {
  const { funnel } = rule;
  if (funnel === null) return [];
  const waits = new Set<number>();
  const reminders: RuleWarning[] = [];
  for (const [index, { least, wait }] of elapsedAt(rule, funnel)) {
    const step = funnel.steps[index];
    if (wait !== null && least + (delayOf(step) ?? -Infinity) >= window) waits.add(wait);
    if (step?.type === 'ask') reminders.push(...lateReminders(funnel, index, window - least));
  }
  const message = `the text behind this wait can never be sent: the messaging window closes ${formatDuration(window)} after the last message of the contact`;
  const found = [...waits].map((wait): RuleWarning => [
    ['then', ...pathOfStep(funnel, wait), 'wait'],
    { code: 'outside-window', message, fix: 'Shorten it, or ask something before it.' },
  ]);
  return [...found, ...reminders];
}

function lateReminders(funnel: Funnel, index: number, left: Millis): readonly RuleWarning[] {
  const step = funnel.steps[index];
  const reminders = step?.type === 'ask' ? (step.ask.reminders ?? []) : [];
  if (reminders.every(({ after }) => after < left)) return [];
  const message = 'a reminder can never be sent: the messaging window is closed by then';
  const path = ['then', ...pathOfStep(funnel, index), 'ask', 'remind'] as const;
  return [[path, { code: 'outside-window', message, fix: 'Shorten after.' }]];
}

/** The delay of the step's text; null if it sends none. */
export function delayOf(step: Step | undefined): Millis | null {
  const reply = step?.type === 'ask' ? step.ask.question : step?.type === 'reply' ? step.reply : null;
  return reply === null ? null : (reply.delay?.from ?? 0);
}

/**
 * The time that has passed at each step, from the rule's own text or from the answer before. Steps lie behind those
 * that lead to them, so one pass finds the shortest way to each.
 */
export function elapsedAt({ on, actions }: Rule, { steps }: Funnel): ReadonlyMap<number, Elapsed> {
  // A comment opens no window: nothing is known before the first answer.
  const at = new Map<number, Elapsed>(on === 'message' ? [[0, begin(actions)]] : []);
  for (const [index, step] of steps.entries()) {
    const here = at.get(index) ?? (step.type === 'ask' ? ANSWERED : undefined);
    if (here === undefined) continue;
    const then = afterStep(step, index, here);
    for (const next of nextOf(step, index)) {
      const known = at.get(next);
      at.set(next, known === undefined ? then : shorter(then, known));
    }
  }
  return at;
}

const ANSWERED: Elapsed = { least: 0, said: 0, wait: null };

function begin(actions: Rule['actions']): Elapsed {
  const own = actions.find(({ type }) => type === 'reply');
  return { ...ANSWERED, said: own?.reply.delay?.from ?? 0 };
}

function shorter(one: Elapsed, other: Elapsed): Elapsed {
  return { ...(one.least < other.least ? one : other), said: Math.min(one.said, other.said) };
}

function afterStep(step: Step, index: number, here: Elapsed): Elapsed {
  if (step.type === 'ask') return ANSWERED;
  if (step.type !== 'wait') return { ...here, said: Math.max(here.said, here.least + (delayOf(step) ?? 0)) };
  if (step.onMessage === 'keep') return ANSWERED;
  const least = here.said + ('time' in step.until ? step.until.time : 0);
  return { least, said: least, wait: index };
}
