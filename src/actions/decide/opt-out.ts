import type { OptOutConfig } from '../../domain/config.js';
import type { Decision, PlannedAction, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import { OPT_OUT_RULE } from '../../domain/rule.js';
import { fold } from '../../engine/text/normalise.js';
import { guardsOn, reasonOf, silence, type Subject } from '../decision.js';

const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** The opt-out that a message changes: `stop` by a contact who is not opted out, `start` by one who is. */
export function optOutOf(
  { kind, text }: InboundEvent,
  { optedOutAt }: Facts,
  config: OptOutConfig | null,
): 'stop' | 'start' | null {
  const will = kind === 'message' ? willOf(text, config) : null;
  return will === (optedOutAt === null ? 'stop' : 'start') ? will : null;
}

/**
 * The contact's will as a message states it: the whole message is one of the words, whatever stands around it
 * (`STOP!`, `"stop"`). Null for any other message, and always when opt-outs are turned off.
 */
function willOf(text: string, config: OptOutConfig | null): 'stop' | 'start' | null {
  if (!config) return null;
  const said = fold(text).replace(EDGES, '');
  if (said === 'start') return 'start';
  return config.keywords.some((keyword) => fold(keyword) === said) ? 'stop' : null;
}

/** The opt-out of a contact, with its confirmation as far as the guards allow one. */
export function confirmOptOut(subject: Subject, bare: Trace): Decision {
  const { settings } = subject;
  const { objection, trace: guards } = guardsOn(subject, { actions: ['reply'], confirmsOptOut: true });
  const trace: Trace = { ...bare, guards };
  if (objection) {
    return { ...silence(objection.reason, objection.note, trace, OPT_OUT_RULE), optOut: 'stop' };
  }
  const text = settings.optOut?.reply ?? '';
  const action: PlannedAction = { type: 'reply', rule: OPT_OUT_RULE, text, delay: 0, disclosed: false };
  const reason = reasonOf(settings, true);
  return { rule: OPT_OUT_RULE, reason, detail: null, actions: [action], optOut: 'stop', trace };
}
