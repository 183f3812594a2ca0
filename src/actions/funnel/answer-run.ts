import { type Decision, type RuleTrace, type Trace, present } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Ask, RunChange, WaitingRun } from '../../domain/funnel.js';
import { askGuards, type GuardVerdict } from '../guards/guards.js';
import {
  askOf,
  type Continued,
  endOf,
  goOn,
  isTakenOver,
  keepOnly,
  lookAgain,
  readAnswer,
} from './continue.js';
import { type ActContext, GONE, composeContext, reasonOf, silence, subjectOf } from '../decision.js';

export interface RunParts extends ActContext {
  readonly event: InboundEvent;
  readonly facts: Facts;
  readonly run: WaitingRun;
  /** The event's words, before any rule was asked. */
  readonly bare: Trace;
  /** Asks the rules, as if no funnel waited. */
  readonly ask: () => Promise<Decision>;
}

/**
 * Decides about a message that a funnel waits for. An answer is the funnel's, whatever else it says. What is none is the
 * rules', if a keyword of theirs is in it and the question does not say `ignore`; or else a wrong answer.
 */
export async function answerRun(parts: RunParts): Promise<Decision> {
  const { event, facts, run } = parts;
  const ask = askOf(run);
  if (ask === null) return withEnd(await parts.ask(), endOf(run, 'failed', 'the step is no question'));
  if (isTakenOver(run, facts)) {
    return withEnd(await parts.ask(), endOf(run, 'human', 'a human wrote in the conversation'));
  }
  const answer = readAnswer(run, event);
  if (answer === null && ask.onKeyword !== 'ignore') {
    const other = await parts.ask();
    const spoke = interruptingRule(other, run.rule);
    if (spoke !== null && ask.onKeyword === 'keep') return other;
    if (spoke !== null) return withEnd(other, endOf(run, 'interrupted', `rule ${spoke} answered`));
  }
  return continued(parts, ask, answer);
}

/** A rule that a keyword brought about; one without keywords, such as an away message, is no reason to leave. */
function interruptingRule({ actions, trace }: Decision, own: string): string | null {
  const found = trace.rules.find(
    ({ rule, outcome, keyword }) => rule !== own && outcome === 'acts' && keyword !== null,
  );
  return found && actions.some(({ rule }) => rule === found.rule) ? found.rule : null;
}

function withEnd(decision: Decision, end: RunChange): Decision {
  return { ...decision, runs: [end, ...(decision.runs ?? [])] };
}

function continued(parts: RunParts, ask: Ask, answer: string | null): Decision {
  const { event, facts, run, bare, settings } = parts;
  const context = composeContext(event, facts, parts);
  if (!context) return silence('direction_unknown', GONE, bare, run.rule);
  const guarded = askGuards(
    subjectOf(event, { actions: ['reply'], continues: true }),
    facts,
    settings.guards,
    'deciding',
  );
  const { objection } = guarded;
  if (objection) {
    // A human or the owner has the word: the question goes on waiting until its time is over.
    const held = silence(objection.reason, objection.note, traced(parts, guarded, objection.note), run.rule);
    if (objection.reason !== 'window_closed') return held;
    return { ...held, ...present(keepOnly(run, ask, answer, objection.reason)) };
  }
  const next = answer === null ? lookAgain(run, ask, context) : goOn(run, ask, answer, context);
  return toDecision(parts, next, traced(parts, guarded, next.note));
}

function toDecision({ run, settings }: RunParts, next: Continued, trace: Trace): Decision {
  const { actions, refused } = next;
  if (refused) {
    return { ...silence(refused.reason, refused.detail, trace, run.rule), ...present(next) };
  }
  const reason = reasonOf(settings, actions.length > 0);
  return { rule: run.rule, reason, detail: next.note, actions, ...present(next), optOut: null, trace };
}

function traced({ bare, run: { rule } }: RunParts, { trace: guards }: GuardVerdict, note: string): Trace {
  const line: RuleTrace = { rule, outcome: 'acts', failed: null, keyword: null, note };
  return { ...bare, rules: [line], guards };
}
