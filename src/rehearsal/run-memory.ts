import type { Decision, PlannedAction } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts, FunnelStanding } from '../domain/facts.js';
import type { RunChange, WaitingRun } from '../domain/funnel.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import { createDueQueue } from './due-queue.js';

interface KeptRun {
  readonly run: WaitingRun;
  /** The contact's last event in the funnel. */
  readonly event: InboundEvent;
  readonly deadline: Instant;
}

/** A run whose contact did not answer in time. */
export interface Expired extends KeptRun {
  readonly at: Instant;
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
  /** Returns each expired run once, the earliest first. */
  takeExpired(now: Instant): readonly Expired[];
}

export function createRunMemory(): RunMemory {
  const runs = new Map<string, KeptRun>();
  const standings = new Map<string, Readonly<Record<string, FunnelStanding>>>();
  const stand = (event: InboundEvent, rule: string, standing: FunnelStanding): void => {
    const key = contactKey(event);
    if (event.contact.id !== '') standings.set(key, { ...standings.get(key), [rule]: standing });
  };
  // Queue of deadlines; a run that continued or ended stays in it until its old deadline.
  const due = createDueQueue<KeptRun>();
  const keep = (kept: KeptRun): void => {
    runs.set(contactKey(kept.event), kept);
    due.add(kept);
  };

  return {
    of(event) {
      const run = runs.get(contactKey(event))?.run;
      const isAnswer = event.kind === 'message' && event.direction === 'incoming';
      const waits = isAnswer && run && event.at >= run.askedAt - LIMITS.clockSkew ? run : null;
      const funnels = standings.get(contactKey(event));
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
    stop(event) {
      const rule = runs.get(contactKey(event))?.run.rule;
      if (rule !== undefined) stand(event, rule, 'stopped');
      runs.delete(contactKey(event));
    },
    takeExpired(now) {
      const found: Expired[] = [];
      for (let kept = due.takeDue(now); kept !== null; kept = due.takeDue(now)) {
        if (runs.get(contactKey(kept.event)) === kept) found.push({ ...kept, at: kept.deadline });
      }
      return found;
    },
  };
}

/** A run without a question is complete as soon as its message is sent. */
function standingAfter(change: RunChange): FunnelStanding {
  if (change.kind === 'end') return change.outcome;
  return change.step === null ? 'completed' : 'active';
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
      const { rule, funnel, step, within, match } = change;
      // A contact without an id from the platform cannot be asked a question.
      if (step === null || event.contact.id === '') return before;
      // The run id is constant here, since a contact has one run at a time.
      const run = { id: 0, rule, funnel, step, wrong: 0, startedAt: at, askedAt: at, match };
      return { run, event, deadline: at + within };
    }
    case 'wait': {
      if (before === null) return null;
      const { step, wrong, within } = change;
      // A repeated question keeps the time when it was first asked.
      const since = wrong > 0 ? before.run.askedAt : at;
      return { run: { ...before.run, step, wrong, askedAt: since }, event, deadline: at + within };
    }
    case 'end':
      return null;
  }
}
