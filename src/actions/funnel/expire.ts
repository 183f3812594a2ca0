import { type Decision, type Trace, present } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { WaitingRun } from '../../domain/funnel.js';
import {
  type ActContext,
  composeContext,
  GONE,
  guardsOn,
  reasonOf,
  silence,
  type Subject,
} from '../decision.js';
import { endOf, isTakenOver } from './claim.js';
import { giveUp } from './continue.js';

export interface ExpiredRun {
  readonly run: WaitingRun;
  /** What the contact wrote last that the funnel took, as a message. */
  readonly event: InboundEvent;
}

const NO_TRACE: Trace = { text: '', words: [], rules: [], rulesOmitted: 0, guards: [] };

/**
 * What happens to a contact who did not answer in time: what the funnel's `otherwise` says, as far as the guards let it
 * be said. Tags and the like are carried out in any case, but when a human took over.
 */
export function expireRun({ run, event: spoken }: ExpiredRun, facts: Facts, context: ActContext): Decision {
  if (isTakenOver(run, facts)) {
    return { ...silence('human_active', null, NO_TRACE, run.rule), runs: [endOf(run, 'human', null)] };
  }
  const subject = { ...context, event: spoken, facts };
  const composing = composeContext(subject);
  if (!composing) {
    const runs = [endOf(run, 'timed_out', GONE)];
    return { ...silence('direction_unknown', GONE, NO_TRACE, run.rule), runs };
  }
  const next = giveUp(run, composing);
  const why = next.actions.length === 0 ? null : whyNot(subject);
  const { effects } = next;
  if (why !== null) {
    const runs = [endOf(run, 'timed_out', `${why.reason}: ${why.note}`)];
    return { ...silence(why.reason, why.note, NO_TRACE, run.rule), ...present({ effects, runs }) };
  }
  const reason = reasonOf(context.settings, next.actions.length > 0);
  return {
    ...{ rule: run.rule, reason, detail: next.note, actions: next.actions },
    ...present(next),
    ...{ optOut: null, trace: NO_TRACE },
  };
}

/** The end of a run that cannot be dealt with. */
export function failedRun({ run }: ExpiredRun, detail: string): Decision {
  return { ...silence('failed', detail, NO_TRACE, run.rule), runs: [endOf(run, 'failed', detail)] };
}

/** A follow-up is a message, whatever it follows, and its window is that of the contact's last message. */
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
