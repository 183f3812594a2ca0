import type { AccountConfig } from '../domain/config.js';
import type { Decision, Trace } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { Reason } from '../domain/reason.js';
import type { Match, Verdict } from '../engine/decide.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { AnswerSettings } from './answer-settings.js';
import type { ComposeContext } from './compose.js';
import { withoutPrivateReply } from './fallback.js';
import { begin } from './funnel/begin.js';
import type { GuardSubject, Objection } from './guards/guard.js';
import { askGuards, type GuardVerdict } from './guards/guards.js';

const REASON_OF_ANSWER: Readonly<Record<AnswerSettings['mode'], Reason>> = {
  live: 'queued',
  shadow: 'shadow',
  hypothetical: 'replied',
};

export interface ActContext {
  readonly set: CompiledSet;
  readonly settings: AnswerSettings;
}

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

export const GONE = 'the account is no longer in the configuration';

/** What texts are made of; null for an account that is gone. */
export function composeContext(
  event: InboundEvent,
  facts: Facts,
  { set, settings }: ActContext,
): ComposeContext | null {
  const account: AccountConfig | undefined = settings.accounts.get(event.account ?? '');
  return account ? { event, facts, account, set, humanPause: settings.guards.humanPause } : null;
}

/** The reason of an event that rules did something about. */
export function reasonOf({ mode }: AnswerSettings, hasSpoken: boolean): Reason {
  return hasSpoken || mode === 'shadow' ? REASON_OF_ANSWER[mode] : 'acted';
}

/** Lists that are empty are left out of a decision, and so of the journal. */
export function present({
  effects = [],
  runs = [],
}: {
  readonly effects?: Decision['effects'] | undefined;
  readonly runs?: Decision['runs'] | undefined;
}): Pick<Decision, 'effects' | 'runs'> {
  return { ...(effects.length > 0 ? { effects } : {}), ...(runs.length > 0 ? { runs } : {}) };
}

export function silence(
  reason: Reason,
  detail: string | null,
  trace: Trace,
  rule: string | null = null,
): Decision {
  return { rule, reason, detail, actions: [], optOut: null, trace };
}

/** What the guards are asked about. */
export function subjectOf(
  event: InboundEvent,
  more: Pick<GuardSubject, 'actions'> & Partial<Pick<GuardSubject, 'confirmsOptOut' | 'continues'>>,
): GuardSubject {
  return {
    kind: event.kind,
    platform: event.platform,
    contactId: event.contact.id,
    platformCommentId: event.comment?.platformCommentId ?? null,
    eventAt: event.at,
    confirmsOptOut: false,
    continues: false,
    ...more,
  };
}
