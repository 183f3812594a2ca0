import type { PlannedAction } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import type { PlannedEffect, Step } from '../../domain/funnel.js';
import { holds } from '../../engine/condition.js';
import type { Millis } from '../../domain/time.js';
import { compose, type ComposeContext, type Refused, type Speaker } from '../compose/compose.js';
import { withEffect } from '../../domain/contact-state.js';
import { planEffect } from './effects.js';
import { givenResult } from './given.js';
import { takeSplit } from './split.js';
import { afterResult } from './work.js';

/** Texts and effects of steps up to the next question, or to the end. */
export interface Taken {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  /** Index of the waiting `ask`; null at the end. */
  readonly step: number | null;
  /** Time limit of the question. */
  readonly within: Millis;
  /** Set if the run waits at `step` for work outside of the decision. */
  readonly isWork?: true;
}

/**
 * Runs the steps from `from` on. All or nothing: a text that cannot be rendered refuses them all.
 * `disclosure` precedes the first text.
 */
export async function takeSteps(
  steps: readonly Step[],
  from: number,
  speaker: Speaker,
  context: ComposeContext & { readonly disclosure: string | null },
): Promise<Taken | Refused> {
  const actions: PlannedAction[] = [];
  const effects: PlannedEffect[] = [];
  let { facts, disclosure }: { facts: Facts; disclosure: string | null } = context;
  let index = from;
  for (let step = steps[index]; step !== undefined; step = steps[index]) {
    const here = { ...context, facts };
    const passed = await passStep(step, index, speaker, here);
    if (passed === 'waits') return { ok: true, actions, effects, step: index, within: 0, isWork: true };
    if (passed !== null) {
      if (!passed.ok) return passed;
      effects.push(...passed.effects);
      facts = passed.effects.reduce(withEffect, facts);
      index = passed.to;
      continue;
    }
    index += 1;
    if (step.type !== 'ask' && step.type !== 'reply') continue;
    const reply = step.type === 'ask' ? step.ask.question : step.reply;
    if (reply) {
      const said = compose({ type: 'reply', reply }, speaker, here, disclosure);
      if (!said.ok) return said;
      actions.push(...said.actions);
      disclosure = null;
    }
    if (step.type === 'ask') return { ok: true, actions, effects, step: index - 1, within: step.ask.within };
  }
  return { ok: true, actions, effects, step: null, within: 0 };
}

type Passed =
  | { readonly ok: true; readonly to: number; readonly effects: readonly PlannedEffect[] }
  | Refused
  /** The run waits for work outside of the decision. */
  | 'waits'
  /** The step speaks. */
  | null;

/** Passes a step that says nothing. */
async function passStep(
  step: Step,
  index: number,
  speaker: Speaker,
  context: ComposeContext,
): Promise<Passed> {
  const { event, facts, set } = context;
  switch (step.type) {
    case 'goto':
      return { ok: true, to: step.to, effects: [] };
    case 'if': {
      const to = (await holds(step.when, event, facts, set)) ? index + 1 : step.else;
      return { ok: true, to, effects: [] };
    }
    case 'split': {
      const { to, effect } = takeSplit(step, speaker, { event, facts });
      return { ok: true, to, effects: [effect] };
    }
    case 'code':
    case 'fetch':
      return facts.given === undefined ? 'waits' : afterResult(step, givenResult(step, facts.given), speaker);
    case 'ask':
    case 'reply':
      return null;
    default: {
      const planned = planEffect(step, speaker, context);
      return planned.ok ? { ok: true, to: index + 1, effects: [planned.effect] } : planned;
    }
  }
}
