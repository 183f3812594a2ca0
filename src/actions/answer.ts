import type { AccountConfig, OptOutConfig } from '../domain/config.js';
import type { Decision, PlannedAction, Trace } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { Reason } from '../domain/reason.js';
import { decide, type DecideOptions, type Match, type Verdict } from '../engine/decide.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { fold } from '../engine/text/normalise.js';
import { words } from '../engine/text/words.js';
import { composeActions } from './compose.js';
import { withoutPrivateReply } from './fallback.js';
import type { GuardSettings, GuardSubject } from './guards/guard.js';
import { askGuards, type GuardVerdict } from './guards/guards.js';
import { OPT_OUT_RULE, willOf } from './opt-out.js';

/** What an answer depends on besides event, facts and rules. */
export interface AnswerSettings {
  /** `hypothetical`: for `test`, `explain` and `replay`, where an answer counts as given. */
  readonly mode: 'live' | 'shadow' | 'hypothetical';
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly optOut: OptOutConfig | null;
}

const REASON_OF_ANSWER: Readonly<Record<AnswerSettings['mode'], Reason>> = {
  live: 'queued',
  shadow: 'shadow',
  hypothetical: 'replied',
};

/**
 * Decides about one event: whose it is, what the contact wants, what the rules say, what the guards object, and the
 * rendered texts. Nothing is sent or stored here, and the same arguments give the same decision at any time.
 */
export async function answer(
  event: InboundEvent,
  facts: Facts,
  set: CompiledSet,
  settings: AnswerSettings & DecideOptions,
): Promise<Decision> {
  const folded = fold(event.text);
  const bare: Trace = { text: folded, words: words(folded), rules: [], rulesOmitted: 0, guards: [] };
  const foreign = notOurs(event, facts);
  if (foreign) return silence(foreign.reason, foreign.note, bare);

  const will = event.kind === 'message' ? willOf(event.text, settings.optOut) : null;
  if (will === 'stop' && facts.optedOutAt === null) return confirmOptOut(event, facts, settings, bare);
  const returns = will === 'start' && facts.optedOutAt !== null;
  const present = returns ? { ...facts, optedOutAt: null } : facts;
  const decision = fromVerdict(event, present, await decide(event, present, set, settings), {
    set,
    settings,
  });
  return returns ? { ...decision, optOut: 'start' } : decision;
}

/** Events that no rule is asked about. */
function notOurs(event: InboundEvent, facts: Facts): { reason: Reason; note: string | null } | null {
  if (event.direction === 'outgoing') return { reason: 'own_message', note: null };
  if (event.account === null) {
    return {
      reason: 'direction_unknown',
      note: 'the API names no conversation for it, so its account is unknown',
    };
  }
  if (event.direction === 'unknown') return { reason: 'direction_unknown', note: null };
  return facts.beforeStart ? { reason: 'too_old', note: null } : null;
}

function silence(reason: Reason, detail: string | null, trace: Trace, rule: string | null = null): Decision {
  return { rule, reason, detail, actions: [], optOut: null, trace };
}

function confirmOptOut(event: InboundEvent, facts: Facts, settings: AnswerSettings, bare: Trace): Decision {
  const { objection, trace } = askGuards(
    subjectOf(event, ['reply'], true),
    facts,
    settings.guards,
    'deciding',
  );
  const whole = { ...bare, guards: trace };
  if (objection) {
    return { ...silence(objection.reason, objection.note, whole, OPT_OUT_RULE), optOut: 'stop' };
  }
  const text = settings.optOut?.reply ?? '';
  const action: PlannedAction = { type: 'reply', rule: OPT_OUT_RULE, text, delay: 0, disclosed: false };
  const reason = REASON_OF_ANSWER[settings.mode];
  return { rule: OPT_OUT_RULE, reason, detail: null, actions: [action], optOut: 'stop', trace: whole };
}

interface Context {
  readonly set: CompiledSet;
  readonly settings: AnswerSettings;
}

function fromVerdict(
  event: InboundEvent,
  facts: Facts,
  verdict: Verdict,
  { set, settings }: Context,
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

  const { guarded, speaking, spent } = guard(event, facts, matches, settings);
  const trace: Trace = { ...asked, guards: guarded.trace };
  if (guarded.objection) {
    return silence(guarded.objection.reason, guarded.objection.note, trace, first.rule.id);
  }
  const context = { set, settings, trace, isShadow: acting.length === 0 };
  const decision = composed(event, facts, speaking, context);
  return spent === null || decision.detail !== null ? decision : { ...decision, detail: spent };
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
    return askGuards(subjectOf(event, actions, false), facts, settings.guards, 'deciding');
  };
  const guarded = ask(matches);
  const { objection } = guarded;
  const fallback = objection?.reason === 'private_reply_used' ? withoutPrivateReply(matches) : [];
  if (!objection || fallback.length === 0) return { guarded, speaking: matches, spent: null };
  const spent = `no private reply: ${objection.note}`;
  return { guarded: ask(fallback), speaking: fallback, spent };
}

function composed(
  event: InboundEvent,
  facts: Facts,
  matches: readonly Match[],
  { set, settings, trace, isShadow }: Context & { readonly trace: Trace; readonly isShadow: boolean },
): Decision {
  const account = settings.accounts.get(event.account ?? '');
  const rule = matches[0]?.rule.id ?? null;
  if (!account)
    return silence('direction_unknown', 'the account is no longer in the configuration', trace, rule);
  const result = composeActions(matches, { event, facts, account, set });
  if (!result.ok) return silence(result.reason, result.detail, trace, result.rule);
  const reason = isShadow ? 'shadow' : REASON_OF_ANSWER[settings.mode];
  return { rule, reason, detail: null, actions: result.actions, optOut: null, trace };
}

function subjectOf(
  event: InboundEvent,
  actions: GuardSubject['actions'],
  confirmsOptOut: boolean,
): GuardSubject {
  return {
    kind: event.kind,
    platform: event.platform,
    actions,
    contactId: event.contact.id,
    platformCommentId: event.comment?.platformCommentId ?? null,
    eventAt: event.at,
    confirmsOptOut,
  };
}
