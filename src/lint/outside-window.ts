import { PLATFORM_TABLE } from '../domain/platforms.js';
import type { Finding } from '../domain/finding.js';
import type { Ask, Funnel } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { formatDuration, type Millis } from '../domain/time.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { warnOfRule, type Warning } from './warning.js';

/** Messages that can only be sent when the platform takes none any more. */
export function outsideWindow(parts: LintParts): readonly Finding[] {
  const { rules, config } = parts;
  return rules.rules.flatMap((rule) => {
    const windows = reached(rule, config.accounts).map(
      ({ platform }) => PLATFORM_TABLE[platform].replyWindow,
    );
    // One platform without a window is enough for the message to be of use.
    const longest = windows.length === 0 || windows.includes(null) ? null : Math.max(...windows.map(Number));
    if (longest === null) return [];
    const found = [...delays(rule, longest), ...lastWords(rule, longest)];
    return found.map(([path, warning]) => warnOfRule(rules, rule, path, warning));
  });
}

type Found = readonly [path: Parameters<typeof warnOfRule>[2], warning: Warning];

/** Texts that wait longer than the window is open. */
function delays({ id, actions, funnel }: Rule, window: Millis): readonly Found[] {
  const own = actions.flatMap(({ type, reply }) =>
    type === 'reply' && (reply.delay?.from ?? 0) >= window ? [[type] as const] : [],
  );
  const steps = (funnel?.steps ?? []).flatMap((step, index) => {
    const reply = step.type === 'reply' ? step.reply : step.type === 'ask' ? step.ask.question : null;
    return (reply?.delay?.from ?? 0) >= window ? [['then', index] as const] : [];
  });
  return [...own, ...steps].map((path) => {
    const message = `the rule "${id}" waits so long with this text that the platform takes it no more: ${formatDuration(window)} after the contact wrote`;
    return [path, { code: 'outside-window', message, mend: 'Shorten delay.' }];
  });
}

/**
 * An `otherwise` that speaks, when no question can fail but by silence, and each silence lasts until the window is
 * closed: after a private reply there is none yet.
 */
function lastWords({ id, on, funnel }: Rule, window: Millis): readonly Found[] {
  if (!funnel?.otherwise.some(({ type }) => type === 'reply')) return [];
  const asks = asksOf(funnel);
  const isTooLate = asks.every(
    (ask, index) => ask.expect.kind === 'any' && (ask.within >= window || (on === 'comment' && index === 0)),
  );
  if (asks.length === 0 || !isTooLate) return [];
  const message = `the reply in otherwise of "${id}" can never be sent: any answer is taken, and when none came the platform takes no message any more`;
  const mend =
    on === 'comment' && asks.length === 1
      ? 'Remove it: who commented and never wrote cannot be written to.'
      : `Write within: ${formatDuration(window / 2)}, or less.`;
  return [[['otherwise'], { code: 'outside-window', message, mend }]];
}

function asksOf({ steps }: Funnel): readonly Ask[] {
  return steps.flatMap((step) => (step.type === 'ask' ? [step.ask] : []));
}
