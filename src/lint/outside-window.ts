import type { Platform } from '../domain/event.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import { pathOfStep } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, type Millis } from '../domain/time.js';
import { type Closing, lateOtherwise, speechless } from './late-otherwise.js';
import { lateSteps } from './late-steps.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { type RuleWarning } from './warning.js';

/** Messages that can only be sent after the platform's messaging window has closed. */
export function outsideWindow(rule: Rule, { config }: Pick<LintParts, 'config'>): readonly RuleWarning[] {
  const platforms = [...new Set(reached(rule, config.accounts).map(({ platform }) => platform))];
  const windows = platforms.map((platform) => PLATFORM_TABLE[platform].replyWindow);
  const closing = closingOf(platforms);
  const late = closing === null ? [] : lateOtherwise(rule, closing);
  // If one platform has no window, the message can be sent there.
  const longest = windows.length === 0 || windows.includes(null) ? null : Math.max(...windows.map(Number));
  if (longest === null) return late;
  return [...delays(rule, longest), ...speechless(rule), ...lateSteps(rule, longest), ...late];
}

function closingOf(platforms: readonly Platform[]): Closing | null {
  const windowed = platforms.filter((platform) => PLATFORM_TABLE[platform].replyWindow !== null);
  if (windowed.length === 0) return null;
  const window = Math.min(...windowed.map((platform) => PLATFORM_TABLE[platform].replyWindow ?? Infinity));
  return { window, platforms: windowed.join(' and ') };
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
