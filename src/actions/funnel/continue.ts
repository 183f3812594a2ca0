import type { PlannedAction } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Ask, PlannedEffect, RunChange, RunOutcome, WaitingRun } from '../../domain/funnel.js';
import type { Reason } from '../../domain/reason.js';
import { answerIn } from '../../engine/expected.js';
import {
  compose,
  type ComposeContext,
  disclosureFor,
  type Refused,
  type Speaker,
} from '../compose/compose.js';
import { numbered } from './begin.js';
import { takeSteps, type Taken } from './steps.js';

/** How a funnel goes on, in words for the trace and in deeds. */
export interface Continued {
  readonly note: string;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  readonly runs: readonly RunChange[];
  /** A text could not be written: nothing is said. */
  readonly refused: Refused | null;
}

/** The question that waits. */
export function askOf({ funnel, step }: WaitingRun): Ask | null {
  const waiting = funnel.steps[step];
  return waiting?.type === 'ask' ? waiting.ask : null;
}

export function endOf(run: WaitingRun, outcome: RunOutcome, detail: string | null): RunChange {
  return { kind: 'end', run: run.id, rule: run.rule, outcome, detail };
}

/** A human of the account wrote since the contact began, and the question says that this is the end of it. */
export function isTakenOver(run: WaitingRun, { lastHumanAt }: Facts): boolean {
  return askOf(run)?.onHuman === 'end' && lastHumanAt !== null && lastHumanAt > run.startedAt;
}

export function speakerOf({ rule: id, match }: WaitingRun): Speaker {
  return { rule: { id, mode: 'live' }, ...match };
}

/** What a message is to the question that waits: its answer, or none. */
export function readAnswer(run: WaitingRun, { text }: InboundEvent): string | null {
  const ask = askOf(run);
  return ask === null ? null : answerIn(text, ask.expect);
}

/** Goes on with the steps behind the question that was answered. */
export function goOn(run: WaitingRun, ask: Ask, answer: string, context: ComposeContext): Continued {
  const saved = saving(run, ask, answer);
  const facts = { ...context.facts, fields: { ...context.facts.fields, ...saved?.fields } };
  const disclosure = disclosureFor(context);
  const here = { ...context, facts, disclosure };
  const taken = takeSteps(run.funnel.steps, run.step + 1, speakerOf(run), here);
  const note = `its funnel waited for ${expectedIn(ask)}, and this is one`;
  return carriedOn(run, taken, { note, saved, outcome: 'completed' });
}

/** Asks once more, or gives up. */
export function lookAgain(run: WaitingRun, ask: Ask, context: ComposeContext): Continued {
  const wrong = run.wrong + 1;
  const note = `its funnel waits for ${expectedIn(ask)}, and this is none (${wrong} of ${ask.tries})`;
  const disclosure = disclosureFor(context);
  if (wrong >= ask.tries) {
    const taken = takeSteps(run.funnel.otherwise, 0, speakerOf(run), { ...context, disclosure });
    return carriedOn(run, taken, { note, saved: null, outcome: 'gave_up' });
  }
  const again = { texts: [ask.retry ?? ''], delay: null };
  const said = compose({ type: 'reply', reply: again }, speakerOf(run), context, disclosure);
  if (!said.ok) return carriedOn(run, said, { note, saved: null, outcome: 'failed' });
  const { id, rule, step } = run;
  const waits = { kind: 'wait', run: id, rule, step, wrong, within: ask.within } as const;
  return { note, actions: numbered(said.actions), effects: [], runs: [waits], refused: null };
}

/** The answer came, and the platform takes no message any more: the answer is kept. */
export function keepOnly(run: WaitingRun, ask: Ask, answer: string | null, why: Reason): Continued {
  const saved = answer === null ? null : saving(run, ask, answer);
  const note = `its funnel waited for ${expectedIn(ask)}`;
  const runs = [endOf(run, 'failed', why)];
  return { note, actions: [], effects: saved === null ? [] : [saved], runs, refused: null };
}

/** The time limit is over. */
export function giveUp(run: WaitingRun, context: ComposeContext): Continued {
  const disclosure = disclosureFor(context);
  const taken = takeSteps(run.funnel.otherwise, 0, speakerOf(run), { ...context, disclosure });
  const note = 'no answer within the time';
  return carriedOn(run, taken, { note, saved: null, outcome: 'timed_out' });
}

type Saved = Extract<PlannedEffect, { type: 'set' }>;

function saving({ rule }: WaitingRun, { save }: Ask, answer: string): Saved | null {
  return save === null ? null : { type: 'set', rule, fields: { [save]: answer } };
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
  const { actions, effects, step, within } = taken;
  const { id, rule } = run;
  const change: RunChange =
    step === null ? endOf(run, outcome, null) : { kind: 'wait', run: id, rule, step, wrong: 0, within };
  return { note, actions: numbered(actions), effects: [...kept, ...effects], runs: [change], refused: null };
}

function expectedIn({ expect }: Ask): string {
  switch (expect.kind) {
    case 'email':
      return 'an e-mail address';
    case 'phone':
      return 'a telephone number';
    case 'number':
      return 'a number';
    case 'any':
      return 'any answer';
    case 'choice':
      return `one of ${expect.choices.join(', ')}`;
    case 'regex':
      return `what ${expect.pattern} finds`;
  }
}
