import { type Funnel, pathOfStep, type Step } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, type Millis } from '../domain/time.js';
import { nextOf } from './funnel-steps.js';
import type { RuleWarning } from './warning.js';

/** Least time since the contact's last message when a step runs. */
interface Elapsed {
  readonly least: Millis;
  /** The last wait before the step; null if no time has passed. */
  readonly wait: number | null;
}

/**
 * Waits and reminders after which the messaging window is closed whatever branches are taken. A wait with
 * `on_message: keep` proves nothing: a message meanwhile opens the window again.
 */
export function lateSteps({ on, funnel }: Rule, window: Millis): readonly RuleWarning[] {
  if (funnel === null) return [];
  const waits = new Set<number>();
  const reminders: RuleWarning[] = [];
  for (const [index, { least, wait }] of elapsedAt(funnel, on === 'message')) {
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
function delayOf(step: Step | undefined): Millis | null {
  const reply = step?.type === 'ask' ? step.ask.question : step?.type === 'reply' ? step.reply : null;
  return reply === null ? null : (reply.delay?.from ?? 0);
}

/** Steps lie behind those that lead to them, so one pass finds the shortest way to each. */
function elapsedAt({ steps }: Funnel, isOpen: boolean): ReadonlyMap<number, Elapsed> {
  // A comment opens no window: nothing is known before the first answer.
  const at = new Map<number, Elapsed>(isOpen ? [[0, { least: 0, wait: null }]] : []);
  for (const [index, step] of steps.entries()) {
    const here = at.get(index) ?? (step.type === 'ask' ? { least: 0, wait: null } : undefined);
    if (here === undefined) continue;
    const then = afterStep(step, index, here);
    for (const next of nextOf(step, index)) {
      const known = at.get(next);
      if (known === undefined || then.least < known.least) at.set(next, then);
    }
  }
  return at;
}

function afterStep(step: Step, index: number, here: Elapsed): Elapsed {
  if (step.type === 'ask') return { least: 0, wait: null };
  if (step.type !== 'wait') return here;
  if (step.onMessage === 'keep') return { least: 0, wait: null };
  return { least: here.least + ('time' in step.until ? step.until.time : 0), wait: index };
}
