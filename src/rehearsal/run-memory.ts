import { withEffect } from '../domain/contact-state.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { RunChange, WaitingRun } from '../domain/funnel.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';

/** What is known of a contact, and the funnel that waits for them. */
export interface ContactMemory {
  tags: readonly string[];
  fields: Readonly<Record<string, string>>;
  pausedUntil: Instant;
  run: KeptRun | null;
}

export interface KeptRun {
  readonly run: WaitingRun;
  readonly event: InboundEvent;
  readonly deadline: Instant;
}

/** A contact who did not answer by then. */
export interface Expired extends KeptRun {
  readonly at: Instant;
}

/** What a funnel that waits has to do with an event: an answer is written after its question. */
export function runFor({ run }: ContactMemory, event: InboundEvent): WaitingRun | null {
  if (run === null || event.kind !== 'message' || event.direction !== 'incoming') return null;
  return event.at >= run.run.askedAt - LIMITS.clockSkew ? run.run : null;
}

/** Carries out what a decision does besides sending, as the store does in its transaction. Shadow does nothing. */
export function carryOut(memory: ContactMemory, event: InboundEvent, decision: Decision, now: Instant): void {
  if (decision.optOut === 'stop') memory.run = null;
  if (decision.reason === 'shadow') return;
  for (const effect of decision.effects ?? []) {
    const { tags, fields } = withEffect(memory, effect);
    const isPause = effect.type === 'pause' || effect.type === 'handoff';
    const pausedUntil = isPause ? Math.max(memory.pausedUntil, effect.until) : memory.pausedUntil;
    Object.assign(memory, { tags, fields, pausedUntil });
  }
  const sentAt = now + Math.max(0, ...decision.actions.map(({ delay }) => delay));
  for (const change of decision.runs ?? []) applyChange(memory, event, change, sentAt);
}

function applyChange(memory: ContactMemory, event: InboundEvent, change: RunChange, askedAt: Instant): void {
  switch (change.kind) {
    case 'start': {
      const { rule, funnel, step, within, match } = change;
      if (step === null) return;
      // One contact has one run at a time: its number says nothing here.
      const run = { id: 0, rule, funnel, step, wrong: 0, startedAt: askedAt, askedAt, match };
      memory.run = { run, event, deadline: askedAt + within };
      return;
    }
    case 'wait': {
      const kept = memory.run;
      if (kept === null) return;
      // A question that is asked once more has been asked.
      const since = change.wrong > 0 ? kept.run.askedAt : askedAt;
      const run = { ...kept.run, step: change.step, wrong: change.wrong, askedAt: since };
      memory.run = { run, event, deadline: askedAt + change.within };
      return;
    }
    case 'end':
      memory.run = null;
  }
}
