import type { PlannedAction } from '../../domain/decision.js';
import type { Funnel, PlannedEffect, RunChange } from '../../domain/funnel.js';
import type { Rule } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';
import { composeActions, type ComposeContext, disclosureFor, type Refused } from '../compose/compose.js';
import { planEffect } from './effects.js';
import { takeSteps } from './steps.js';

export interface Begun {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  readonly runs: readonly RunChange[];
}

const NOTHING_ASKED: Funnel = { steps: [], otherwise: [] };

/**
 * Everything that rules say and do about an event: their answers, their effects, and the steps of their funnels as far
 * as the first question. All or nothing.
 */
export function begin(matches: readonly Match[], context: ComposeContext): Begun | Refused {
  const said = composeActions(matches, context);
  if (!said.ok) return said;
  const actions = [...said.actions];
  const effects: PlannedEffect[] = [];
  const runs: RunChange[] = [];
  let here = context;
  for (const match of matches) {
    for (const effect of match.rule.effects) {
      const planned = planEffect(effect, match, here);
      if (!planned.ok) return planned;
      effects.push(planned.effect);
      here = { ...here, facts: planned.facts };
    }
    const funnel = funnelOf(match.rule, context, actions);
    if (funnel === null) continue;
    const hasSpoken = actions.some(({ type }) => type !== 'comment_reply');
    const disclosure = hasSpoken ? null : disclosureFor(context);
    const taken = takeSteps(funnel.steps, 0, match, { ...here, disclosure });
    if (!taken.ok) return taken;
    actions.push(...taken.actions);
    effects.push(...taken.effects);
    const { keyword, groups } = match;
    const { step, within } = taken;
    runs.push({ kind: 'start', rule: match.rule.id, funnel, step, within, match: { keyword, groups } });
  }
  return { ok: true, actions: numbered(actions), effects, runs };
}

/**
 * The funnel that the rule begins; null: none. A private reply is one of a single step. Where another rule has spent the
 * private reply of the comment, nobody is asked anything.
 */
function funnelOf(
  { id, funnel }: Rule,
  { event }: ComposeContext,
  actions: readonly PlannedAction[],
): Funnel | null {
  const hasPrivate = actions.some((action) => action.rule === id && action.type === 'private_reply');
  if (hasPrivate) return funnel ?? NOTHING_ASKED;
  return event.kind === 'comment' ? null : funnel;
}

/** Several messages of one rule wait for each other, as the parts of a text do. */
export function numbered(actions: readonly PlannedAction[]): readonly PlannedAction[] {
  const counts = new Map<string, number>();
  const replies = (rule: string): number =>
    actions.filter((action) => action.rule === rule && action.type === 'reply').length;
  return actions.map((action) => {
    if (action.type !== 'reply' || replies(action.rule) === 1) return action;
    const part = (counts.get(action.rule) ?? 0) + 1;
    counts.set(action.rule, part);
    return { ...action, part };
  });
}
