import { type Decision, NO_TRACE, present } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import type { Ask, Reminder, RunChange, WaitingRun } from '../../domain/funnel.js';
import type { Instant, Millis } from '../../domain/time.js';
import { compose, disclosureFor, type Speaker } from '../compose/compose.js';
import { numbered } from '../compose/numbered.js';
import { actedOn, type ActContext, composeContext, GONE, silence } from '../decision/decision.js';
import { isTakenOver } from './claim.js';
import type { DueRun } from '../../domain/due-run.js';
import { whyNot } from './objection.js';
import { askOf } from './wait.js';

/**
 * The decision about a contact who has written nothing since the question. Of reminders that are due together, after
 * the program was down, only the last one is sent. Whatever stops a reminder, the question keeps waiting.
 */
export function remindRun({ run, event, hasWritten }: DueRun, facts: Facts, context: ActContext): Decision {
  const due = dueReminder(run, facts.now);
  const skip = (detail: string, left: Millis | null): Decision => ({
    ...silence('acted', detail, NO_TRACE, run.rule),
    runs: [changeOf(run, left)],
  });
  if (due === null || hasWritten) return skip('no reminder: the contact has written', null);
  const left = afterThat(run, due);
  if (isTakenOver(run, facts)) return skip('no reminder: a human wrote in the conversation', null);
  const subject = { ...context, event, facts };
  const composing = composeContext(subject);
  if (composing === null) return skip(`no reminder: ${GONE}`, null);
  const objection = whyNot(subject);
  if (objection !== null) return skip(`no reminder: ${objection.note}`, left);
  const speaker: Speaker = { rule: { id: run.rule, mode: 'live' }, ...run.match };
  const said = compose({ type: 'reply', reply: due.reply }, speaker, composing, disclosureFor(composing));
  if (!said.ok) return skip(`no reminder: ${said.detail}`, left);
  const actions = numbered(said.actions).map((action) => ({ ...action, reminds: true as const }));
  return {
    ...{ rule: run.rule, ...actedOn(subject, actions), detail: 'no answer yet: a reminder' },
    ...present({ runs: [changeOf(run, left)] }),
    ...{ optOut: null, trace: NO_TRACE },
  };
}

/** The last of the reminders that are due. */
function dueReminder(run: WaitingRun, now: Instant): Reminder | null {
  return remindersOf(askOf(run)).findLast(({ after }) => run.askedAt + after <= now) ?? null;
}

function afterThat(run: WaitingRun, { after: last }: Reminder): Millis | null {
  return remindersOf(askOf(run)).find(({ after }) => after > last)?.after ?? null;
}

function remindersOf(ask: Ask | null): readonly Reminder[] {
  return ask?.reminders ?? [];
}

function changeOf({ id, rule, reminded }: WaitingRun, remindAfter: Millis | null): RunChange {
  return { kind: 'remind', run: id, rule, reminded: reminded + 1, remindAfter };
}
