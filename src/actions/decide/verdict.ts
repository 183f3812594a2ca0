import { type Decision, present, type Trace } from '../../domain/decision.js';
import type { Match, Verdict } from '../../engine/decide.js';
import type { Refused } from '../compose/compose.js';
import { actedOn, silence, type Subject } from '../decision/decision.js';
import type { Guarded } from './guard-matches.js';
import type { Plan } from './plan.js';

/** The rules that act, else those in shadow mode that would act. */
export function matchesOf({ acting, shadowing }: Verdict): readonly Match[] {
  return acting.length > 0 ? acting : shadowing;
}

/** The decision if no rule acts. */
export function noMatch({ cooling, doubt, trace: rules }: Verdict): Decision {
  const trace = withGuards(rules, []);
  if (doubt) return silence(doubt.reason, doubt.note, trace, doubt.rule);
  return cooling ? silence('cooldown', cooling.note, trace, cooling.rule) : silence('no_match', null, trace);
}

interface Decided {
  readonly verdict: Verdict;
  readonly guarded: Guarded;
  readonly plan: Plan | Refused;
  readonly subject: Subject;
}

/** The decision from the results of the stages: rules, guards and plan. */
export function toDecision({ verdict, guarded, plan, subject }: Decided): Decision {
  const trace = withGuards(verdict.trace, guarded.trace);
  const isShadow = verdict.acting.length === 0 || subject.settings.mode === 'shadow';
  const { objection, allowed, detail } = guarded;
  if (objection) {
    const held = silence(objection.reason, objection.note, trace, matchesOf(verdict)[0]?.rule.id);
    return plan.ok && !isShadow ? { ...held, ...present({ effects: plan.effects }) } : held;
  }
  if (!plan.ok) return silence(plan.reason, plan.detail, trace, plan.rule);
  if (plan.actions.length + plan.effects.length === 0 && allowed.some(({ rule }) => rule.silent)) {
    return keptSilent(verdict, allowed, trace);
  }
  const modes = new Map(allowed.map(({ rule }) => [rule.id, rule.mode] as const));
  const { reason, actions } = isShadow
    ? { reason: 'shadow' as const, actions: plan.actions }
    : actedOn(subject, plan.actions, modes);
  const rule = allowed[0]?.rule.id ?? null;
  return withFunnel({ rule, reason, actions, detail, optOut: null, trace }, plan);
}

function withFunnel(decision: Decision, { effects, runs }: Plan): Decision {
  return effects.length + runs.length === 0 ? decision : { ...decision, ...present({ effects, runs }) };
}

/** Names the properties, since a spread copy takes longer than the rest of it. */
function withGuards(rules: Verdict['trace'], guards: Trace['guards']): Trace {
  const { text, words, rules: traced, rulesOmitted, meaning } = rules;
  const trace: Trace = { text, words, rules: traced, rulesOmitted, guards };
  return meaning === undefined ? trace : { ...trace, meaning };
}

function keptSilent({ acting }: Verdict, [first]: readonly Match[], trace: Trace): Decision {
  const detail = acting.length === 0 ? 'the rule is in shadow mode' : null;
  return silence('silent', detail, trace, first?.rule.id);
}
