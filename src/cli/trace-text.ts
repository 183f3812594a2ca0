import pc from 'picocolors';
import { REASONS } from '../domain/reason.js';
import type { Decision, RuleTrace } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import { formatInstant } from '../domain/time.js';

/**
 * A decision as a person reads it: the event, each rule in order, the guards, the texts, the reason. In the `past` it was
 * made about a real event; otherwise nobody is answered by it.
 */
export function traceText(
  event: InboundEvent,
  decision: Decision,
  tense: 'past' | 'would' = 'would',
): string {
  const { trace } = decision;
  return [
    `${pc.bold(event.kind)} on ${event.platform} to ${event.account ?? '?'} at ${formatInstant(event.at)}`,
    `  text   ${JSON.stringify(event.text)}`,
    `  words  ${trace.words.join(' · ') || '(none)'}`,
    ...(trace.rules.length > 0 ? ['', pc.bold('rules, in order')] : []),
    ...trace.rules.map(ruleLine),
    ...(trace.rulesOmitted > 0 ? [`  ${pc.dim(`… and ${trace.rulesOmitted} more that do not apply`)}`] : []),
    ...(trace.guards.length > 0 ? ['', pc.bold('guards')] : []),
    ...trace.guards.map(({ guard, reason, note }) =>
      reason === null
        ? `  ${pc.green('✓')} ${guard}`
        : `  ${pc.red('✗')} ${guard}: ${reason}${note === null ? '' : ` (${note})`}`,
    ),
    ...(decision.actions.length > 0 ? ['', pc.bold(tense === 'past' ? 'texts' : 'would send')] : []),
    ...decision.actions.map(
      ({ type, rule, text, delay }) =>
        `  ${pc.cyan(type)} of ${rule}${delay > 0 ? `, after ${Math.round(delay / 1000)} s` : ''}: ${JSON.stringify(text)}`,
    ),
    '',
    `${pc.bold('reason')} ${paintReason(decision.reason)}: ${tense === 'past' ? REASONS[decision.reason] : sentenceOf(decision)}`,
    ...(decision.detail === null ? [] : [`       ${decision.detail}`]),
  ].join('\n');
}

/** What is typed in is answered by nobody: it would be. */
function sentenceOf({ reason }: Decision): string {
  return reason === 'replied' ? 'it would be answered so' : REASONS[reason];
}

function ruleLine({ rule, outcome, failed, keyword, note }: RuleTrace): string {
  const why = [
    ...(keyword === null ? [] : [`keyword ${JSON.stringify(keyword)}`]),
    ...(failed === null
      ? []
      : [`needs: ${failed.condition}${failed.actual === null ? '' : ` (here: ${failed.actual})`}`]),
    ...(note === null ? [] : [note]),
  ].join('; ');
  return `  ${MARKS[outcome]} ${rule}${why === '' ? '' : `  ${pc.dim(why)}`}`;
}

const MARKS: Readonly<Record<RuleTrace['outcome'], string>> = {
  acts: pc.green('→ acts          '),
  would_act_shadow: pc.yellow('→ acts (shadow) '),
  cooldown: pc.yellow('… cooling down  '),
  failed_condition: pc.dim('· does not apply'),
  not_reached: pc.dim('· not reached   '),
};

export function paintReason(reason: keyof typeof REASONS): string {
  if (reason === 'replied' || reason === 'queued') return pc.green(reason);
  return ['failed', 'unknown_outcome', 'template_error', 'too_long', 'blocked_account'].includes(reason)
    ? pc.red(reason)
    : pc.yellow(reason);
}
