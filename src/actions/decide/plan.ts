import type { PlannedAction } from '../../domain/decision.js';
import { withEffect } from '../../domain/contact-state.js';
import type { Funnel, PlannedEffect, RunChange } from '../../domain/funnel.js';
import type { Rule } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';
import { composeActions, type ComposeContext, disclosureFor, type Refused } from '../compose/compose.js';
import { numbered } from '../compose/numbered.js';
import { composeContext, GONE, type Subject } from '../decision/decision.js';
import { planEffect } from '../funnel/effects.js';
import { takeSteps } from '../funnel/steps.js';

/** Replies, effects and funnel changes of the rules for an event. */
export interface Plan {
  readonly ok: true;
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly PlannedEffect[];
  readonly runs: readonly RunChange[];
}

const NOTHING_ASKED: Funnel = { steps: [], otherwise: [] };

/**
 * Plans the texts, the effects, and the funnel steps up to the first question of the matched rules. All or
 * nothing: a text that cannot be rendered refuses the whole plan.
 */
export async function planMatches(matches: readonly Match[], subject: Subject): Promise<Plan | Refused> {
  const context = composeContext(subject);
  if (context === null) {
    return { ok: false, reason: 'direction_unknown', detail: GONE, rule: matches[0]?.rule.id ?? null };
  }
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
      here = { ...here, facts: withEffect(here.facts, planned.effect) };
    }
    const funnel = funnelOf(match.rule, context, actions);
    if (funnel === null) continue;
    const hasSpoken = actions.some(({ type }) => type !== 'comment_reply');
    const disclosure = hasSpoken ? null : disclosureFor(context);
    const taken = await takeSteps(funnel.steps, 0, match, { ...here, disclosure });
    if (!taken.ok) return taken;
    actions.push(...taken.actions);
    effects.push(...taken.effects);
    const { keyword, groups } = match;
    const { step, within, remindAfter, isWait, isWork, passed } = taken;
    runs.push({
      ...{ kind: 'start', rule: match.rule.id, funnel, step, within, remindAfter, isWait, passed },
      ...(isWork && { isWork }),
      match: { keyword, groups },
    });
  }
  return { ok: true, actions: numbered(actions), effects, runs };
}

/**
 * The funnel that the rule starts; null if none. A private reply counts as a funnel with a single step. If
 * another rule has used the private reply of the comment, no question is asked.
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
