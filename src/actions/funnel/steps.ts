import type { PlannedAction } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import type { PlannedEffect, Step } from '../../domain/funnel.js';
import type { Millis } from '../../domain/time.js';
import { compose, type ComposeContext, type Refused, type Speaker } from '../compose/compose.js';
import { planEffect } from './effects.js';

/** What steps say and do until an answer is needed, or to their end. */
export interface Taken {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  /** The `ask` that waits; null: the end. */
  readonly step: number | null;
  /** How long it waits. */
  readonly within: Millis;
}

/**
 * Takes the steps from one of them on. All or nothing: a text that cannot be written refuses them all. `disclosure`
 * goes before the first text.
 */
export function takeSteps(
  steps: readonly Step[],
  from: number,
  speaker: Speaker,
  context: ComposeContext & { readonly disclosure: string | null },
): Taken | Refused {
  const actions: PlannedAction[] = [];
  const effects: PlannedEffect[] = [];
  let { facts, disclosure }: { facts: Facts; disclosure: string | null } = context;
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    const here = { ...context, facts };
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
    if (step.type === 'ask') return { ok: true, actions, effects, step: index, within: step.ask.within };
  }
  return { ok: true, actions, effects, step: null, within: 0 };
}
