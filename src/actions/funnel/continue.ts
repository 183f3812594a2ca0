import { isWordless } from '../../engine/expected.js';
import {
  type Decision,
  type PlannedAction,
  present,
  type RuleTrace,
  type Trace,
} from '../../domain/decision.js';
import type { Ask, PlannedEffect, RunChange, RunOutcome, WaitingRun } from '../../domain/funnel.js';
import { withEffect } from '../../domain/contact-state.js';
import type { Reason } from '../../domain/reason.js';
import type { WorkResult, WorkStep } from '../../domain/work.js';
import {
  compose,
  type ComposeContext,
  disclosureFor,
  type Refused,
  type Speaker,
} from '../compose/compose.js';
import { numbered } from '../compose/numbered.js';
import { actedOn, composeContext, GONE, guardsOn, silence, type Subject } from '../decision/decision.js';
import { endOf, type Question } from './claim.js';
import { takeSteps, type Taken } from './steps.js';
import { afterResult } from './work.js';

/** The next step of a funnel: trace note and side effects. */
interface Continued {
  readonly note: string;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  readonly runs: readonly RunChange[];
  /** A text could not be rendered, so nothing is sent; null if all could. */
  readonly refused: Refused | null;
}

/** The decision about a message claimed by the funnel: the guards run, then the next steps. */
export async function continueRun(question: Question, subject: Subject, bare: Trace): Promise<Decision> {
  const { run, answer } = question;
  if (answer === null && isWordless(subject.event.text)) return unread(run, bare);
  const context = composeContext(subject);
  if (!context) return silence('direction_unknown', GONE, bare, run.rule);
  const { objection, trace: guards } = guardsOn(subject, { actions: ['reply'], continues: true });
  const traced = (note: string): Trace => {
    const line: RuleTrace = { rule: run.rule, outcome: 'acts', failed: null, keyword: null, note };
    return { ...bare, rules: [line], guards };
  };
  if (objection) {
    // A human or the owner is talking: the question keeps waiting until its time limit.
    const held = silence(objection.reason, objection.note, traced(objection.note), run.rule);
    if (objection.reason !== 'window_closed') return held;
    return { ...held, ...present(keepOnly(question, objection.reason)) };
  }
  const next = await (answer === null ? reprompt(question, context) : nextSteps(question, answer, context));
  const trace = traced(next.note);
  const { refused } = next;
  if (refused) return { ...silence(refused.reason, refused.detail, trace, run.rule), ...present(next) };
  const acted = actedOn(subject, next.actions);
  return { rule: run.rule, ...acted, detail: next.note, ...present(next), optOut: null, trace };
}

/** A picture or a sticker is neither a valid nor an invalid answer: the question keeps waiting. */
function unread(run: WaitingRun, bare: Trace): Decision {
  const note = 'its funnel waits for an answer, but the message has no text';
  const line: RuleTrace = { rule: run.rule, outcome: 'failed_condition', failed: null, keyword: null, note };
  return silence('no_match', note, { ...bare, rules: [line] }, run.rule);
}

/** The steps after the answered question. */
async function nextSteps(
  { run, ask }: Question,
  answer: string,
  context: ComposeContext,
): Promise<Continued> {
  const saved = saving(run, ask, answer);
  const facts = { ...context.facts, fields: { ...context.facts.fields, ...saved?.fields } };
  const here = { ...context, facts };
  const taken = await takeSteps(run.funnel.steps, afterAnswer(ask, answer, run.step), speakerOf(run), here);
  const note = `its funnel waited for ${expectedIn(ask)} and got it`;
  return carriedOn(run, taken, { note, saved, outcome: 'completed' });
}

/** Position of the step after an answer: that of its case, else that of the next step. */
function afterAnswer({ cases }: Ask, answer: string, step: number): number {
  if (cases === undefined) return step + 1;
  return (Object.hasOwn(cases.of, answer) ? cases.of[answer] : null) ?? cases.other ?? cases.end;
}

/** Repeats the question after an invalid answer, or gives up. */
async function reprompt({ run, ask }: Question, context: ComposeContext): Promise<Continued> {
  const wrong = run.wrong + 1;
  const note = `its funnel waits for ${expectedIn(ask)}, but the message is not one (try ${wrong} of ${ask.tries})`;
  const other = ask.cases?.other ?? null;
  if (wrong >= ask.tries && other !== null) {
    const taken = await takeSteps(run.funnel.steps, other, speakerOf(run), context);
    return carriedOn(run, taken, { note, saved: null, outcome: 'completed' });
  }
  if (wrong >= ask.tries) {
    const taken = await takeSteps(run.funnel.otherwise, 0, speakerOf(run), context);
    return carriedOn(run, taken, { note, saved: null, outcome: 'gave_up' });
  }
  const again = { texts: [ask.retry ?? ''], ...ask.retryIn, delay: null };
  const said = compose({ type: 'reply', reply: again }, speakerOf(run), context, disclosureFor(context));
  if (!said.ok) return carriedOn(run, said, { note, saved: null, outcome: 'failed' });
  const { id, rule, step } = run;
  const waits = { kind: 'wait', run: id, rule, step, wrong, within: ask.within } as const;
  return { note, actions: numbered(said.actions), effects: [], runs: [waits], refused: null };
}

/** The answer came after the platform's window closed: it is saved, and nothing is sent. */
function keepOnly({ run, ask, answer }: Question, why: Reason): Continued {
  const saved = answer === null ? null : saving(run, ask, answer);
  const note = `its funnel waited for ${expectedIn(ask)}`;
  const runs = [endOf(run, 'failed', why)];
  return { note, actions: [], effects: saved === null ? [] : [saved], runs, refused: null };
}

/** The steps of `otherwise`, if no answer came within the time limit. */
export async function giveUp(run: WaitingRun, context: ComposeContext): Promise<Continued> {
  const taken = await takeSteps(run.funnel.otherwise, 0, speakerOf(run), context);
  const note = 'no answer within the time limit';
  return carriedOn(run, taken, { note, saved: null, outcome: 'timed_out' });
}

/** The steps after the work of a step. */
export async function afterWork(
  run: WaitingRun,
  step: WorkStep,
  result: WorkResult,
  context: ComposeContext,
): Promise<Continued> {
  const { note } = result;
  const done = afterResult(step, result, speakerOf(run));
  if (!done.ok) return carriedOn(run, done, { note, saved: null, outcome: 'failed' });
  const facts = done.effects.reduce(withEffect, context.facts);
  const taken = await takeSteps(run.funnel.steps, done.to, speakerOf(run), { ...context, facts });
  const next = carriedOn(run, taken, { note, saved: null, outcome: 'completed' });
  return { ...withoutAnswer(next), effects: [...done.effects, ...next.effects] };
}

/** The steps behind a wait that is over. */
export async function afterWait(run: WaitingRun, context: ComposeContext): Promise<Continued> {
  const taken = await takeSteps(run.funnel.steps, run.step + 1, speakerOf(run), context);
  const note = 'the wait of its funnel is over';
  return withoutAnswer(carriedOn(run, taken, { note, saved: null, outcome: 'completed' }));
}

function withoutAnswer(next: Continued): Continued {
  const runs = next.runs.map((change) =>
    change.kind === 'wait' || change.kind === 'end' ? { ...change, waited: true as const } : change,
  );
  return { ...next, runs };
}

type Saved = Extract<PlannedEffect, { type: 'set' }>;

function saving({ rule }: WaitingRun, { save }: Ask, answer: string): Saved | null {
  return save === null ? null : { type: 'set', rule, fields: { [save]: answer } };
}

export function speakerOf({ rule: id, match }: WaitingRun): Speaker {
  return { rule: { id, mode: 'live' }, ...match };
}

function carriedOn(
  run: WaitingRun,
  taken: Taken | Refused,
  {
    note,
    saved,
    outcome,
  }: { readonly note: string; readonly saved: Saved | null; readonly outcome: RunOutcome },
): Continued {
  const kept = saved === null ? [] : [saved];
  if (!taken.ok) {
    const runs = [endOf(run, 'failed', `${taken.reason}: ${taken.detail}`)];
    return { note, actions: [], effects: kept, runs, refused: taken };
  }
  const { actions, effects, step, within, remindAfter, isWait, isWork } = taken;
  const { id, rule } = run;
  // The steps of `otherwise` are a list of their own.
  const passed = outcome === 'completed' ? taken.passed : undefined;
  const change: RunChange =
    step === null
      ? { ...endOf(run, outcome, null), passed }
      : {
          kind: 'wait',
          run: id,
          rule,
          step,
          wrong: 0,
          within,
          remindAfter,
          isWait,
          passed,
          ...(isWork && { isWork }),
        };
  return { note, actions: numbered(actions), effects: [...kept, ...effects], runs: [change], refused: null };
}

function expectedIn({ expect }: Ask): string {
  switch (expect.kind) {
    case 'email':
      return 'an e-mail address';
    case 'phone':
      return 'a phone number';
    case 'number':
      return 'a number';
    case 'any':
      return 'any answer';
    case 'choice':
      return `one of ${expect.choices.join(', ')}`;
    case 'regex':
      return `a match of ${expect.pattern}`;
    case 'meaning':
      return `a message like the examples of ${expect.rules.join(', ')}`;
  }
}
