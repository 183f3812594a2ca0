import { type Decision, NO_TRACE, present } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { WaitingRun } from '../../domain/funnel.js';
import { actedOn, type ActContext, composeContext, GONE, silence } from '../decision/decision.js';
import { endOf, isTakenOver } from './claim.js';
import { afterWait, giveUp } from './continue.js';
import type { DueRun } from '../../domain/due-run.js';
import { whyNot } from './objection.js';
import { remindRun } from './remind.js';
import { stepOf } from './wait.js';

/** The decision about a run of which something is due: a reminder, the end of a wait, or a time limit. */
export async function decideDue(due: DueRun, facts: Facts, context: ActContext): Promise<Decision> {
  return due.due === 'reminder' ? remindRun(due, facts, context) : expireRun(due, facts, context);
}

/**
 * The decision about a contact who did not answer in time: the funnel's `otherwise`, as far as the guards
 * allow. After a wait, the steps behind it. Effects such as tags are applied in any case, unless a human wrote.
 */
async function expireRun(
  { run, event: spoken }: DueRun,
  facts: Facts,
  context: ActContext,
): Promise<Decision> {
  const isWait = stepOf(run)?.type === 'wait';
  const stopped = isWait ? 'failed' : 'timed_out';
  if (isTakenOver(run, facts)) {
    return { ...silence('human_active', null, NO_TRACE, run.rule), runs: [endOf(run, 'human', null)] };
  }
  const subject = { ...context, event: spoken, facts };
  const composing = composeContext(subject);
  if (!composing) {
    const runs = [endOf(run, stopped, GONE)];
    return { ...silence('direction_unknown', GONE, NO_TRACE, run.rule), runs };
  }
  const next = await (isWait ? afterWait : giveUp)(run, composing);
  const why = next.actions.length === 0 ? null : whyNot(subject);
  const { effects } = next;
  if (why !== null) {
    const runs = [endOf(run, stopped, `${why.reason}: ${why.note}`)];
    return { ...silence(why.reason, why.note, NO_TRACE, run.rule), ...present({ effects, runs }) };
  }
  return {
    ...{ rule: run.rule, ...actedOn(subject, next.actions), detail: next.note },
    ...present(next),
    ...{ optOut: null, trace: NO_TRACE },
  };
}

/** Ends a run after an internal error, which would recur and block all later runs. */
export function failedRun(run: WaitingRun, error: unknown): Decision {
  const why = error instanceof Error ? error.message : String(error);
  const detail = `internal error while deciding, please report this: ${why}`;
  return { ...silence('failed', detail, NO_TRACE, run.rule), runs: [endOf(run, 'failed', detail)] };
}

/**
 * Converts the event to a message: a follow-up is always a message, and its window starts with the contact's
 * last message.
 */
export function asMessage(event: InboundEvent, { lastInboundAt }: Facts): InboundEvent {
  return { ...event, kind: 'message', at: lastInboundAt ?? event.at, comment: null };
}
