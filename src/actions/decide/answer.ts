import type { Decision, PlannedAction, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import { decide, type DecideOptions } from '../../engine/decide.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import { fold } from '../../engine/text/normalise.js';
import { words } from '../../engine/text/words.js';
import { fromVerdict } from './act.js';
import type { AnswerSettings } from '../settings.js';
import { answerRun } from '../funnel/answer-run.js';
import { askGuards } from '../guards/guards.js';
import { willOf } from './opt-out.js';
import { OPT_OUT_RULE } from '../../domain/rule.js';
import { type ActContext, reasonOf, silence, subjectOf } from '../decision.js';

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
  const decision = await decided(event, present, bare, { set, settings });
  return returns ? { ...decision, optOut: 'start' } : decision;
}

/** A funnel that waits has the first word about a message; what it leaves, the rules are asked about. */
async function decided(
  event: InboundEvent,
  facts: Facts,
  bare: Trace,
  { set, settings }: ActContext & { readonly settings: DecideOptions },
): Promise<Decision> {
  const ask = async (): Promise<Decision> =>
    fromVerdict(event, facts, await decide(event, facts, set, settings), { set, settings });
  const { run } = facts;
  if (event.kind !== 'message' || run === null) return ask();
  const decision = await answerRun({ event, facts, run, bare, set, settings, ask });
  return settings.mode === 'shadow' ? untouched(decision) : decision;
}

/** In shadow nobody on the way through a funnel is moved. What was decided in shadow is noted, and not done anyway. */
function untouched(decision: Decision): Decision {
  if (decision.reason === 'shadow') return decision;
  const { effects: _effects, runs: _runs, ...rest } = decision;
  return rest;
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

function confirmOptOut(event: InboundEvent, facts: Facts, settings: AnswerSettings, bare: Trace): Decision {
  const { objection, trace } = askGuards(
    subjectOf(event, { actions: ['reply'], confirmsOptOut: true }),
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
  const reason = reasonOf(settings, true);
  return { rule: OPT_OUT_RULE, reason, detail: null, actions: [action], optOut: 'stop', trace: whole };
}
