import { PLATFORM_TABLE } from '../domain/platforms.js';
import { type Ask, type Funnel, pathOfStep } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, type Millis } from '../domain/time.js';
import { lateSteps } from './late-steps.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { type RuleWarning } from './warning.js';

/** Messages that can only be sent after the platform's messaging window has closed. */
export function outsideWindow(rule: Rule, { config }: LintParts): readonly RuleWarning[] {
  const windows = reached(rule, config.accounts).map(({ platform }) => PLATFORM_TABLE[platform].replyWindow);
  // If one platform has no window, the message can be sent there.
  const longest = windows.length === 0 || windows.includes(null) ? null : Math.max(...windows.map(Number));
  if (longest === null) return [];
  return [...delays(rule, longest), ...lastWords(rule, longest), ...lateSteps(rule, longest)];
}

/** Finds texts whose delay is longer than the messaging window. */
function delays({ id, actions, funnel }: Rule, window: Millis): readonly RuleWarning[] {
  const own = actions.flatMap(({ type, reply }) =>
    type === 'reply' && (reply.delay?.from ?? 0) >= window ? [[type] as const] : [],
  );
  const steps = (funnel?.steps ?? []).flatMap((step, index) => {
    const reply = step.type === 'reply' ? step.reply : step.type === 'ask' ? step.ask.question : null;
    return (reply?.delay?.from ?? 0) >= window ? [['then', ...pathOfStep(funnel ?? {}, index)] as const] : [];
  });
  return [...own, ...steps].map((path) => {
    const message = `the rule "${id}" delays this text beyond the messaging window of the platform, which closes ${formatDuration(window)} after the message of the contact`;
    return [path, { code: 'outside-window', message, fix: 'Shorten delay.' }];
  });
}

/**
 * Replies in an `otherwise` that can only run after a timeout, when each timeout is at least as long as the
 * window; after a private reply no window is open yet.
 */
function lastWords({ id, on, funnel }: Rule, window: Millis): readonly RuleWarning[] {
  if (!funnel?.otherwise.some(({ type }) => type === 'reply')) return [];
  const asks = asksOf(funnel);
  const isTooLate = asks.every(
    (ask, index) => ask.expect.kind === 'any' && (ask.within >= window || (on === 'comment' && index === 0)),
  );
  if (asks.length === 0 || !isTooLate) return [];
  const message = `the reply in otherwise of "${id}" can never be sent: any answer is accepted, and after the timeout the messaging window is closed`;
  const fix =
    on === 'comment' && asks.length === 1
      ? 'Remove it: the author of a comment who never sent a message cannot be sent one.'
      : `Write within: ${formatDuration(window / 2)}, or less.`;
  return [[['otherwise'], { code: 'outside-window', message, fix }]];
}

function asksOf({ steps }: Funnel): readonly Ask[] {
  return steps.flatMap((step) => (step.type === 'ask' ? [step.ask] : []));
}
