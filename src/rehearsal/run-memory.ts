import type { Decision, PlannedAction } from '../domain/decision.js';
import type { DueRun } from '../domain/due-run.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts, FunnelStanding } from '../domain/facts.js';
import type { RunChange, WaitingRun } from '../domain/funnel.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant, Millis } from '../domain/time.js';
import { createDueQueue } from './due-queue.js';

interface KeptRun {
  readonly run: WaitingRun;
  /** The contact's last event in the funnel. */
  readonly event: InboundEvent;
  readonly deadline: Instant;
  /** Time from the question to its next reminder; null if none is left. */
  readonly remindAfter: Millis | null;
}

/** A run of which something is due. */
export interface Expired extends DueRun {
  readonly at: Instant;
}

/** A place in the queue: `deadline` is the time at which it is due. */
interface Due {
  readonly kept: KeptRun;
  readonly due: DueRun['due'];
  readonly deadline: Instant;
}

/** Funnel runs that wait for contacts, at most one per contact. */
export interface RunMemory {
  /**
   * The run that the event may answer, as an answer is not older than its question, and where the contact
   * stands in each funnel that they started.
   */
  of(event: InboundEvent): Pick<Facts, 'run' | 'funnels'>;
  /** Applies a decision's changes to funnel runs. Its sends count as sent on time. */
  change(event: InboundEvent, decision: Decision, now: Instant): void;
  /** Ends the run of a contact who opted out. */
  stop(event: InboundEvent): void;
  /** A message of the contact: no reminder follows. */
  wrote(event: InboundEvent): void;
  /** Takes the run that is due first; null if none is due. Its decision may make it due again. */
  takeDue(now: Instant): Expired | null;
}

const NO_RUN = { run: null } as const;

export function createRunMemory(): RunMemory {
  const runs = new Map<string, KeptRun>();
  const standings = new Map<string, Readonly<Record<string, FunnelStanding>>>();
  const stand = (event: InboundEvent, rule: string, standing: FunnelStanding): void => {
    const key = contactKey(event);
    if (event.contact.id !== '') standings.set(key, { ...standings.get(key), [rule]: standing });
  };
  // Queue of deadlines and reminders; a run that continued or ended stays in it until its old deadline.
  const due = createDueQueue<Due>();
  const keep = (kept: KeptRun): void => {
    runs.set(contactKey(kept.event), kept);
    due.add({ kept, due: 'deadline', deadline: kept.deadline });
    const remindAt = kept.run.askedAt + (kept.remindAfter ?? Infinity);
    if (remindAt < kept.deadline) due.add({ kept, due: 'reminder', deadline: remindAt });
  };

  return {
    of(event) {
      if (runs.size + standings.size === 0) return NO_RUN;
      const key = contactKey(event);
      const run = runs.get(key)?.run;
      const isAnswer = event.kind === 'message' && event.direction === 'incoming';
      const waits = isAnswer && run && event.at >= run.askedAt - LIMITS.clockSkew ? run : null;
      const funnels = standings.get(key);
      return { run: waits, ...(funnels ? { funnels } : {}) };
    },
    change(event, { actions, runs: changes = [] }, now) {
      for (const change of changes) {
        const before = runs.get(contactKey(event)) ?? null;
        if (change.kind === 'start' && change.step !== null && before)
          stand(event, before.run.rule, 'replaced');
        stand(event, change.rule, standingAfter(change));
        const after = afterChange(before, event, change, askedAt(change, actions, now));
        if (after === null) runs.delete(contactKey(event));
        else if (after !== before) keep(after);
      }
    },
    wrote(event) {
      const kept = event.kind === 'message' && runs.size > 0 ? runs.get(contactKey(event)) : undefined;
      if (kept && kept.remindAfter !== null) keep({ ...kept, remindAfter: null });
    },
    stop(event) {
      const rule = runs.get(contactKey(event))?.run.rule;
      if (rule !== undefined) stand(event, rule, 'stopped');
      runs.delete(contactKey(event));
    },
    takeDue(now) {
      for (let next = due.takeDue(now); next !== null; next = due.takeDue(now)) {
        const { kept, due: what, deadline: at } = next;
        const { run, event } = kept;
        if (runs.get(contactKey(event)) === kept) return { run, event, due: what, hasWritten: false, at };
      }
      return null;
    },
  };
}

/** A run without a question is complete as soon as its message is sent. */
function standingAfter(change: RunChange): FunnelStanding {
  if (change.kind === 'end') return change.outcome;
  return change.kind === 'start' && change.step === null ? 'completed' : 'active';
}

/** Key of an event's contact: the same contact of two accounts counts as two. */
export function contactKey({ account, contact }: InboundEvent): string {
  return `${account ?? ''}/${contact.id}`;
}

/**
 * Time when the last message of the question is sent, after all earlier messages. A public reply asks no
 * question.
 */
function askedAt({ rule }: RunChange, actions: readonly PlannedAction[], now: Instant): Instant {
  const last = actions.findLastIndex((action) => action.rule === rule && action.type !== 'comment_reply');
  return now + Math.max(0, ...actions.slice(0, last + 1).map(({ delay }) => delay));
}

function afterChange(
  before: KeptRun | null,
  event: InboundEvent,
  change: RunChange,
  at: Instant,
): KeptRun | null {
  switch (change.kind) {
    case 'start': {
      const { rule, funnel, step, within, remindAfter = null, match } = change;
      // A contact without an id from the platform cannot be asked a question.
      if (step === null || event.contact.id === '') return before;
      // The run id is constant here, since a contact has one run at a time.
      const run = { id: 0, rule, funnel, step, wrong: 0, startedAt: at, askedAt: at, reminded: 0, match };
      return { run, event, deadline: at + within, remindAfter };
    }
    case 'wait':
      return before && afterWait(before, event, change, at);
    case 'remind': {
      const { reminded, remindAfter } = change;
      return before && { ...before, run: { ...before.run, reminded }, remindAfter };
    }
    case 'end':
      return null;
  }
}

function afterWait(
  { run }: KeptRun,
  event: InboundEvent,
  change: Extract<RunChange, { kind: 'wait' }>,
  at: Instant,
): KeptRun {
  const { step, wrong, within, remindAfter = null } = change;
  const next = { ...run, step, wrong };
  // A repeated question keeps the time when it was first asked, and has no reminders.
  return wrong > 0
    ? { run: next, event, deadline: at + within, remindAfter: null }
    : { run: { ...next, askedAt: at, reminded: 0 }, event, deadline: at + within, remindAfter };
}
