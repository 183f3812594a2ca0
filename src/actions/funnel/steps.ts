import type { PlannedAction } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import type { ControlStep, PlannedEffect, Step } from '../../domain/funnel.js';
import { holds } from '../../engine/condition.js';
import type { Millis } from '../../domain/time.js';
import { compose, type ComposeContext, type Refused, type Speaker } from '../compose/compose.js';
import { planEffect } from './effects.js';
import { takeSplit } from './split.js';

/** Texts and effects of steps up to the next question, or to the end. */
export interface Taken {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  /** Index of the waiting `ask`; null at the end. */
  readonly step: number | null;
  /** Time limit of the question. */
  readonly within: Millis;
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
    if (step.type === 'if' || step.type === 'goto') {
      index = await nextOf(step, index, here);
      continue;
    }
    if (step.type === 'split') {
      const taken = takeSplit(step, speaker, here);
      effects.push(taken.effect);
      index = taken.to;
      continue;
    }
    index += 1;
    if (step.type !== 'ask' && step.type !== 'reply') {
      const planned = planEffect(step, speaker, here);
      if (!planned.ok) return planned;
      effects.push(planned.effect);
      ({ facts } = planned);
      continue;
    }
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

/** The position after a step that only chooses it. */
async function nextOf(
  step: Exclude<ControlStep, { type: 'split' }>,
  index: number,
  { event, facts, set }: ComposeContext,
): Promise<number> {
  switch (step.type) {
    case 'goto':
      return step.to;
    case 'if':
      return (await holds(step.when, event, facts, set)) ? index + 1 : step.else;
  }
}
