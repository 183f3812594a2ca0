import { type Ask, type Funnel, pathOfStep } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, HOUR, type Millis } from '../domain/time.js';
import { delayOf, type Elapsed, elapsedAt } from './late-steps.js';
import type { RuleWarning } from './warning.js';

/** The platforms of a rule whose messaging window closes, and the time after which the first one does. */
export interface Closing {
  readonly window: Millis;
  readonly platforms: string;
}

/** Replies in an `otherwise` that a contact who stays silent never gets, one warning for each question. */
export function lateOtherwise(rule: Rule, { window, platforms }: Closing): readonly RuleWarning[] {
  const { on, funnel } = rule;
  const delay = funnel === null ? null : delayOfOtherwise(funnel);
  if (funnel === null || delay === null) return [];
  const at = elapsedAt(rule, funnel);
  return funnel.steps.flatMap((step, index): RuleWarning[] => {
    if (step.type !== 'ask') return [];
    const asked = askedAt(step.ask, at.get(index), on === 'comment');
    if (asked === null || asked + step.ask.within + delay < window) return [];
    const ends = formatDuration(asked + step.ask.within + delay);
    const message = `a contact who stays silent never gets the reply in otherwise: it is due ${ends} after their last message, and the messaging window of ${platforms} closes after ${formatDuration(window)}`;
    const hours = Math.ceil((window - asked - delay) / HOUR) - 1;
    const fix = hours > 0 ? `Write within: ${hours}h, or less.` : 'Shorten the waits and delays before it.';
    const path = ['then', ...pathOfStep(funnel, index), 'ask', 'within'] as const;
    return [[path, { code: 'outside-window', message, fix }]];
  });
}

/** A reply in the `otherwise` of a comment's funnel in which nobody can have written when it runs. */
export function speechless({ id, on, funnel }: Rule): readonly RuleWarning[] {
  const asks = funnel?.steps.flatMap((step) => (step.type === 'ask' ? [step.ask] : [])) ?? [];
  const says = funnel?.otherwise.some(({ type }) => type === 'reply') ?? false;
  if (on !== 'comment' || !says || asks.length !== 1 || asks[0]?.expect.kind !== 'any') return [];
  const message = `the reply in otherwise of "${id}" can never be sent: any answer is accepted, and without one no messaging window is open`;
  const fix = 'Remove it: the author of a comment who never sent a message cannot be sent one.';
  return [[['otherwise'], { code: 'outside-window', message, fix }]];
}

/**
 * Least time from the contact's last message to the question; null if the question follows a private reply, unless
 * a wrong answer repeats it.
 */
function askedAt({ question, tries }: Ask, here: Elapsed | undefined, isComment: boolean): Millis | null {
  if (here === undefined) return isComment && tries > 1 ? 0 : null;
  return Math.max(here.said, here.least + (question?.delay?.from ?? 0));
}

/** Least delay of the texts of `otherwise`; null if it has none. Behind a wait the contact may have written. */
function delayOfOtherwise({ otherwise }: Funnel): Millis | null {
  const wait = otherwise.findIndex(({ type }) => type === 'wait');
  const before = wait === -1 ? otherwise : otherwise.slice(0, wait);
  const delays = before.flatMap((step) => delayOf(step) ?? []);
  return delays.length === 0 ? null : Math.min(...delays);
}
