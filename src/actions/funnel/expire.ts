import { type Decision, type Trace, present } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { WaitingRun } from '../../domain/funnel.js';
import {
  actedOn,
  type ActContext,
  composeContext,
  GONE,
  guardsOn,
  silence,
  type Subject,
} from '../decision.js';
import { endOf, isTakenOver } from './claim.js';
import { giveUp } from './continue.js';

export interface ExpiredRun {
  readonly run: WaitingRun;
  /** The contact's last message that the funnel used, as an event. */
  readonly event: InboundEvent;
}

const NO_TRACE: Trace = { text: '', words: [], rules: [], rulesOmitted: 0, guards: [] };

/**
 * The decision about a contact who did not answer in time: the funnel's `otherwise`, as far as the guards
 * allow. Effects such as tags are applied in any case, unless a human wrote.
 */
export async function expireRun(
  { run, event: spoken }: ExpiredRun,
  facts: Facts,
  context: ActContext,
): Promise<Decision> {
  if (isTakenOver(run, facts)) {
    return { ...silence('human_active', null, NO_TRACE, run.rule), runs: [endOf(run, 'human', null)] };
  }
  const subject = { ...context, event: spoken, facts };
  const composing = composeContext(subject);
  if (!composing) {
    const runs = [endOf(run, 'timed_out', GONE)];
    return { ...silence('direction_unknown', GONE, NO_TRACE, run.rule), runs };
  }
  const next = await giveUp(run, composing);
  const why = next.actions.length === 0 ? null : whyNot(subject);
  const { effects } = next;
  if (why !== null) {
    const runs = [endOf(run, 'timed_out', `${why.reason}: ${why.note}`)];
    return { ...silence(why.reason, why.note, NO_TRACE, run.rule), ...present({ effects, runs }) };
  }
  return {
    ...{ rule: run.rule, ...actedOn(subject, next.actions), detail: next.note },
    ...present(next),
    ...{ optOut: null, trace: NO_TRACE },
  };
}

/** Ends a run after an internal error. */
export function failedRun({ run }: ExpiredRun, detail: string): Decision {
  return { ...silence('failed', detail, NO_TRACE, run.rule), runs: [endOf(run, 'failed', detail)] };
}

/**
 * Converts the event to a message: a follow-up is always a message, and its window starts with the contact's
 * last message.
 */
export function asMessage(event: InboundEvent, { lastInboundAt }: Facts): InboundEvent {
  return { ...event, kind: 'message', at: lastInboundAt ?? event.at, comment: null };
}

function whyNot(subject: Subject) {
  if (subject.facts.lastInboundAt === null) {
    return {
      reason: 'window_closed' as const,
      note: 'the contact never wrote, and a comment opens no window',
    };
  }
  return guardsOn(subject, { actions: ['reply'], continues: true }).objection;
}
