import { type Decision, type Trace, present } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Match, Verdict } from '../../engine/decide.js';
import type { AnswerSettings } from '../settings.js';
import { withoutPrivateReply } from './fallback.js';
import { begin } from '../funnel/begin.js';
import type { Objection } from '../guards/guard.js';
import { askGuards, type GuardVerdict } from '../guards/guards.js';
import { type ActContext, GONE, composeContext, reasonOf, silence, subjectOf } from '../decision.js';

/** What comes of what the rules say: the guards' objections, or the rendered texts. */
export function fromVerdict(
  event: InboundEvent,
  facts: Facts,
  verdict: Verdict,
  context: ActContext,
): Decision {
  const { acting, shadowing, cooling } = verdict;
  const matches = acting.length > 0 ? acting : shadowing;
  const [first] = matches;
  const asked: Trace = { ...verdict.trace, guards: [] };
  if (!first) {
    return cooling
      ? silence('cooldown', cooling.note, asked, cooling.rule)
      : silence('no_match', null, asked);
  }

  const { guarded, speaking, spent } = guard(event, facts, matches, context.settings);
  const trace: Trace = { ...asked, guards: guarded.trace };
  const isShadow = acting.length === 0;
  const { objection } = guarded;
  // Who says nothing is not held back by what is said.
  const quiet = objection ? matches.filter(({ rule }) => rule.actions.length === 0) : [];
  const decision = composed(event, facts, objection ? quiet : speaking, { ...context, trace, isShadow });
  if (objection) return heldBack(decision, objection, first.rule.id);
  return spent === null || decision.detail !== null ? decision : { ...decision, detail: spent };
}

function heldBack(quietly: Decision, { reason, note }: Objection, rule: string): Decision {
  const { effects = [], trace } = quietly;
  const held = silence(reason, note, trace, rule);
  return effects.length === 0 || quietly.reason === 'shadow' ? held : { ...held, effects };
}

interface Guarded {
  readonly guarded: GuardVerdict;
  /** The rules with what they may say. */
  readonly speaking: readonly Match[];
  /** Why they say something else than usual. */
  readonly spent: string | null;
}

/** A private reply that is spent silences the rules, unless they have a public answer for that. */
function guard(
  event: InboundEvent,
  facts: Facts,
  matches: readonly Match[],
  settings: AnswerSettings,
): Guarded {
  const ask = (speaking: readonly Match[]): GuardVerdict => {
    const actions = speaking.flatMap((match) => match.rule.actions.map((action) => action.type));
    if (actions.length === 0) return { objection: null, trace: [] };
    return askGuards(subjectOf(event, { actions }), facts, settings.guards, 'deciding');
  };
  const guarded = ask(matches);
  const { objection } = guarded;
  const fallback = objection?.reason === 'private_reply_used' ? withoutPrivateReply(matches) : [];
  if (!objection || fallback.length === 0) return { guarded, speaking: matches, spent: null };
  const spent = `no private reply: ${objection.note}`;
  return { guarded: ask(fallback), speaking: fallback, spent };
}

interface Composing extends ActContext {
  readonly trace: Trace;
  readonly isShadow: boolean;
}

function composed(
  event: InboundEvent,
  facts: Facts,
  matches: readonly Match[],
  { set, settings, trace, isShadow }: Composing,
): Decision {
  const rule = matches[0]?.rule.id ?? null;
  const context = composeContext(event, facts, { set, settings });
  if (!context) return silence('direction_unknown', GONE, trace, rule);
  const begun = begin(matches, context);
  if (!begun.ok) return silence(begun.reason, begun.detail, trace, begun.rule);
  const { actions, effects, runs } = begun;
  const reason = isShadow ? 'shadow' : reasonOf(settings, actions.length > 0);
  return { rule, reason, detail: null, actions, ...present({ effects, runs }), optOut: null, trace };
}
