import type { PlannedAction } from '../../domain/decision.js';
import type { Ask, PlannedEffect, Step } from '../../domain/funnel.js';
import type { Phrase } from '../../domain/phrase.js';
import type { ReplySpec } from '../../domain/reply.js';
import type { WaitStep } from '../../domain/wait.js';
import { holds } from '../../engine/condition.js';
import type { Millis } from '../../domain/time.js';
import {
  compose,
  type ComposeContext,
  disclosureFor,
  type Refused,
  type Speaker,
} from '../compose/compose.js';
import { withEffect } from '../../domain/contact-state.js';
import { planEffect } from './effects.js';
import { givenResult } from './given.js';
import { takeSplit } from './split.js';
import { lengthOf } from './wait.js';
import { afterResult } from './work.js';

/** The step at which a run waits. */
interface Halt {
  /** Index of the waiting step; null at the end. */
  readonly step: number | null;
  /** Time limit of the question, or length of the wait. */
  readonly within: Millis;
  /** Time from the question to its first reminder. */
  readonly remindAfter?: Millis | undefined;
  /** True if the step is a wait. */
  readonly isWait?: true;
  /** Set if the run waits for work outside of the decision. */
  readonly isWork?: true;
}

/** Texts and effects of steps up to the next question or wait, or to the end. */
export interface Taken extends Halt {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  /** Positions of the steps, in order, the one at which the run waits included. */
  readonly passed: readonly number[];
}

/**
 * Runs the steps from `from` on. All or nothing: a text that cannot be rendered refuses them all.
 * `disclosure` precedes the first text. @default the one that is due
 */
export async function takeSteps(
  steps: readonly Step[],
  from: number,
  speaker: Speaker,
  context: ComposeContext & { readonly disclosure?: Phrase | null },
): Promise<Taken | Refused> {
  const actions: PlannedAction[] = [];
  const effects: PlannedEffect[] = [];
  const through: number[] = [];
  const taken = { ok: true, actions, effects, passed: through } as const;
  let { facts, disclosure = disclosureFor(context) } = context;
  let index = from;
  for (let step = steps[index]; step !== undefined; step = steps[index]) {
    const here = { ...context, facts };
    through.push(index);
    const passed = await passStep(step, index, speaker, here);
    if (passed !== null) {
      if ('halt' in passed) return { ...taken, step: index, ...passed.halt };
      if (!passed.ok) return passed;
      effects.push(...passed.effects);
      facts = passed.effects.reduce(withEffect, facts);
      index = passed.to;
      continue;
    }
    const reply = replyOf(step);
    if (reply) {
      const said = compose({ type: 'reply', reply }, speaker, here, disclosure);
      if (!said.ok) return said;
      actions.push(...said.actions);
      disclosure = null;
    }
    if (step.type === 'ask') return { ...taken, step: index, ...haltOf(step.ask) };
    index += 1;
  }
  return { ...taken, step: null, within: 0 };
}

function replyOf(step: Step): ReplySpec | null {
  if (step.type === 'ask') return step.ask.question;
  return step.type === 'reply' ? step.reply : null;
}

function haltOf({ within, reminders = [] }: Ask): Omit<Halt, 'step'> {
  return { within, remindAfter: reminders[0]?.after };
}

/** Halts at a wait, unless it is over as it begins. */
function passWait(step: WaitStep, index: number, { facts, set }: ComposeContext): Exclude<Passed, null> {
  const within = lengthOf(step, facts, set);
  return within > 0 ? { halt: { within, isWait: true } } : { ok: true, to: index + 1, effects: [] };
}

async function passIf(
  step: Extract<Step, { type: 'if' }>,
  index: number,
  { event, facts, set }: ComposeContext,
): Promise<Passed> {
  const to = (await holds(step.when, event, facts, set)) ? index + 1 : step.else;
  return { ok: true, to, effects: [] };
}

type Passed =
  | { readonly ok: true; readonly to: number; readonly effects: readonly PlannedEffect[] }
  | Refused
  /** The run waits for a time, or for work outside of the decision. */
  | { readonly halt: Omit<Halt, 'step'> }
  /** The step speaks. */
  | null;

/** Passes a step that says nothing. */
async function passStep(
  step: Step,
  index: number,
  speaker: Speaker,
  context: ComposeContext,
): Promise<Passed> {
  const { event, facts } = context;
  switch (step.type) {
    case 'goto':
      return { ok: true, to: step.to, effects: [] };
    case 'if':
      return passIf(step, index, context);
    case 'split': {
      const { to, effect } = takeSplit(step, speaker, { event, facts });
      return { ok: true, to, effects: [effect] };
    }
    case 'code':
    case 'fetch':
      return facts.given === undefined
        ? { halt: { within: 0, isWork: true } }
        : afterResult(step, givenResult(step, facts.given), speaker);
    case 'wait':
      return passWait(step, index, context);
    case 'ask':
    case 'reply':
      return null;
    default: {
      const planned = planEffect(step, speaker, context);
      return planned.ok ? { ok: true, to: index + 1, effects: [planned.effect] } : planned;
    }
  }
}
