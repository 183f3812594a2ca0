import type { Decision, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import { type Ask, isWork, type RunChange, type RunOutcome, type WaitingRun } from '../../domain/funnel.js';
import { answerIn } from '../../engine/expected.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import { MessageText } from '../../engine/text/text.js';
import { askOf, stepOf } from './wait.js';

/**
 * The claim of a waiting funnel run on a message.
 * - mine: the message belongs to the funnel: an answer to its question, or `on_keyword: ignore`.
 * - not mine: it is not an answer. A keyword rule that replies to it goes first; otherwise it is an invalid
 *   answer.
 * - ends: the run ends, and the rules decide.
 */
export type Claim =
  (Question & { readonly is: 'mine' | 'not mine' }) | { readonly is: 'ends'; readonly end: RunChange };

/** A waiting question, and the answer that the message gives; null if it gives none. */
export interface Question {
  readonly run: WaitingRun;
  readonly ask: Ask;
  readonly answer: string | null;
}

/** The claim of the funnel run that waits for the contact; null if none waits. */
export async function claimOf(
  event: InboundEvent,
  facts: Facts,
  { meanings }: Pick<CompiledSet, 'meanings'>,
): Promise<Claim | null> {
  const { run } = facts;
  if (event.kind !== 'message' || run === null) return null;
  // A code or a fetch is under way: the rules decide the message.
  const waiting = stepOf(run);
  if (waiting !== null && isWork(waiting)) return null;
  if (isTakenOver(run, facts)) {
    return { is: 'ends', end: endOf(run, 'human', 'a human wrote in the conversation') };
  }
  const ask = askOf(run);
  if (ask === null) return duringWait(run);
  const meant = () => meanings.read(event, new MessageText(event.text))?.meant ?? [];
  const answer = await answerIn(event.text, ask.expect, meant);
  const isMine = answer !== null || ask.onKeyword === 'ignore';
  return { is: isMine ? 'mine' : 'not mine', run, ask, answer };
}

/**
 * The rules' decision if one of their keywords interrupts the funnel. Null if none does: the message is an
 * invalid answer to the funnel's question.
 */
export function interrupted({ run, ask }: Question, decision: Decision): Decision | null {
  const spoke = interruptingRule(decision, run.rule);
  if (spoke === null) return null;
  return ask.onKeyword === 'keep'
    ? decision
    : withEnd(decision, endOf(run, 'interrupted', `rule ${spoke} replied`));
}

/** A decision that also ends the funnel run. */
export function withEnd(decision: Decision, end: RunChange): Decision {
  return { ...decision, runs: [end, ...(decision.runs ?? [])] };
}

/**
 * The rule triggered by a keyword or by its examples; a rule with neither, such as an away message, does not
 * interrupt a funnel.
 */
function interruptingRule({ actions, trace }: Decision, own: string): string | null {
  const found = trace.rules.find(
    ({ rule, outcome, keyword }) =>
      rule !== own && outcome === 'acts' && (keyword !== null || isMeant(rule, trace)),
  );
  return found && actions.some(({ rule }) => rule === found.rule) ? found.rule : null;
}

function isMeant(rule: string, { meaning }: Trace): boolean {
  return meaning?.verdict === 'sure' && meaning.best?.rule === rule;
}

/** The claim of a run that waits for a time: it keeps out of the way, or ends. */
function duringWait(run: WaitingRun): Claim | null {
  const step = stepOf(run);
  if (step?.type !== 'wait') return { is: 'ends', end: endOf(run, 'failed', 'the step is not a question') };
  if (step.onMessage === 'keep') return null;
  return { is: 'ends', end: endOf(run, 'interrupted', 'the contact wrote during the wait') };
}

export function endOf(
  run: WaitingRun,
  outcome: RunOutcome,
  detail: string | null,
): Extract<RunChange, { kind: 'end' }> {
  return { kind: 'end', run: run.id, rule: run.rule, outcome, detail };
}

/** True if a human of the account wrote since the run started, unless the question is set to keep waiting. */
export function isTakenOver(run: WaitingRun, { lastHumanAt }: Facts): boolean {
  return askOf(run)?.onHuman !== 'keep' && lastHumanAt !== null && lastHumanAt > run.startedAt;
}
