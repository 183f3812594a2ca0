import pc from 'picocolors';
import { REASONS } from '../domain/reason.js';
import type { Decision, RuleTrace } from '../domain/decision.js';
import { meaningLines } from './meaning-text.js';
import type { InboundEvent } from '../domain/event.js';
import type { PlannedEffect, RunChange } from '../domain/funnel.js';
import type { LanguageChoice } from '../domain/reply.js';
import { plain } from '../domain/terminal.js';
import { formatIn } from './zoned-time.js';

export interface TraceOptions {
  /** `past` for a decision about a real event; otherwise nothing is sent. @default would */
  readonly tense?: 'past' | 'would';
  /** Lines on what rules in shadow mode would have sent. */
  readonly shadow?: readonly string[];
  /** Time zone of the times. @default UTC */
  readonly zone?: string;
}

/** Formats a decision for people: the event, each rule in order, the guards, the texts, the reason. */
export function traceText(
  event: InboundEvent,
  decision: Decision,
  { tense = 'would', shadow = [], zone = 'UTC' }: TraceOptions = {},
): string {
  const { trace } = decision;
  return [
    headOf(event, zone),
    `  text   ${quoted(event.text)}`,
    `  words  ${plain(trace.words.join(' · ')) || '(none)'}`,
    ...(trace.rules.length > 0 ? ['', pc.bold('rules, in order')] : []),
    ...trace.rules.map(ruleLine),
    ...(trace.rulesOmitted > 0
      ? [`  ${pc.dim(`… and ${trace.rulesOmitted} more that do not apply; \`explain --text\` shows all`)}`]
      : []),
    ...meaningLines(trace.meaning),
    ...headed('guards', trace.guards.map(guardLine)),
    ...(decision.actions.length > 0 ? ['', pc.bold(tense === 'past' ? 'texts' : 'would send')] : []),
    ...decision.actions.map(
      ({ type, rule, text, delay, language }) =>
        `  ${pc.cyan(type)} of ${rule}${languageOf(language)}${delay > 0 ? `, after ${Math.round(delay / 1000)} s` : ''}: ${quoted(text)}`,
    ),
    ...headed('would send in live mode', shadow),
    ...deedsOf(decision, zone),
    '',
    `${pc.bold('reason')} ${paintReason(decision.reason)}: ${tense === 'past' ? REASONS[decision.reason] : sentenceOf(decision)}`,
    ...(decision.detail === null ? [] : [`       ${plain(decision.detail)}`]),
  ].join('\n');
}

function headOf({ kind, platform, account, at }: InboundEvent, zone: string): string {
  const name = zone === 'UTC' ? '' : ` (${zone})`;
  return `${pc.bold(kind)} on ${platform} to ${account ?? '?'} at ${formatIn(zone, at)}${name}`;
}

function guardLine({ guard, reason, note }: Decision['trace']['guards'][number]): string {
  if (reason === null) return `  ${pc.green('✓')} ${guard}`;
  return `  ${pc.red('✗')} ${guard}: ${reason}${note === null ? '' : ` (${plain(note)})`}`;
}

function languageOf(chosen: LanguageChoice | undefined): string {
  return chosen === undefined ? '' : `, in "${chosen.language}" (${plain(chosen.why)})`;
}

function quoted(text: string): string {
  return plain(JSON.stringify(text));
}

/** Formats effects and funnel changes, one per line. */
function deedsOf({ effects = [], runs = [] }: Decision, zone: string): readonly string[] {
  const deeds = [...effects.map((each) => effectLine(each, zone)), ...runs.map(runLine)].map(
    (line) => `  ${line}`,
  );
  return headed('effects', deeds);
}

/** Lines under a title, behind an empty line; nothing without lines. */
function headed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines];
}

function effectLine(effect: PlannedEffect, zone: string): string {
  const what = `${pc.cyan(effect.type)} of ${effect.rule}`;
  switch (effect.type) {
    case 'tag':
    case 'untag':
      return `${what}: ${effect.tags.join(', ')}`;
    case 'set':
      return `${what}: ${plain(JSON.stringify(effect.fields))}`;
    case 'webhook':
      return `${what}: ${effect.url}`;
    case 'branch':
      return `${what}: ${effect.branch} of ${effect.split}`;
    case 'pause':
      return `${what}: ${untilText(effect.until, zone)}`;
    case 'handoff':
      return `${what}: ${untilText(effect.until, zone)}${effect.note === null ? '' : `, ${quoted(effect.note)}`}`;
  }
}

/** JSON has no infinity: a pause without an end comes from the journal as null. */
function untilText(until: number | null, zone: string): string {
  return until === null || until === Infinity ? 'until resumed by hand' : `until ${formatIn(zone, until)}`;
}

function runLine(change: RunChange): string {
  const what = `${pc.cyan('funnel')} ${change.rule}`;
  switch (change.kind) {
    case 'start':
      return `${what}: ${change.step === null ? 'starts without a question' : `${does(change)} at step ${change.step + 1}`}`;
    case 'wait':
      return `${what}: ${does(change)} at step ${change.step + 1}${change.wrong === 0 ? '' : ' once more'}`;
    case 'remind':
      return `${what}: reminder ${change.reminded}`;
    case 'end':
      return `${what}: ends, ${change.outcome}${change.detail === null ? '' : ` (${plain(change.detail)})`}`;
  }
}

function does({ isWait }: { readonly isWait?: true | undefined }): string {
  return isWait === true ? 'waits' : 'asks';
}

/** The sentence of the reason. Nothing is sent for a typed event, so the sentence says what would be sent. */
function sentenceOf({ reason }: Decision): string {
  return reason === 'replied' ? 'it would get this reply' : REASONS[reason];
}

function ruleLine({ rule, outcome, failed, keyword, note }: RuleTrace): string {
  const why = [
    ...(keyword === null ? [] : [`keyword ${quoted(keyword)}`]),
    ...(failed === null
      ? []
      : [`needs: ${failed.condition}${failed.actual === null ? '' : ` (here: ${plain(failed.actual)})`}`]),
    ...(note === null ? [] : [plain(note)]),
  ].join('; ');
  return `  ${MARKS[outcome]} ${rule}${why === '' ? '' : `  ${pc.dim(why)}`}`;
}

const MARKS: Readonly<Record<RuleTrace['outcome'], string>> = {
  acts: pc.green('→ acts          '),
  would_act_shadow: pc.yellow('→ acts (shadow) '),
  cooldown: pc.yellow('… in cooldown    '),
  failed_condition: pc.dim('· does not apply'),
  not_reached: pc.dim('· not reached   '),
};

export function paintReason(reason: keyof typeof REASONS): string {
  if (reason === 'replied' || reason === 'queued') return pc.green(reason);
  return ['failed', 'unknown_outcome', 'template_error', 'too_long', 'blocked_account'].includes(reason)
    ? pc.red(reason)
    : pc.yellow(reason);
}
