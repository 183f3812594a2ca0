import type { Facts } from '../../domain/facts.js';
import type { Ask, Step, WaitingRun } from '../../domain/funnel.js';
import type { Millis } from '../../domain/time.js';
import { LONGEST_WAIT, type WaitStep } from '../../domain/wait.js';
import type { CompiledSet } from '../../engine/rule-set.js';

/** Length of a wait that begins now; 0 if nothing is to be waited for. */
export function lengthOf({ until }: WaitStep, { now }: Facts, { hours }: CompiledSet): Millis {
  if ('time' in until) return until.time;
  const at = hours(until.open, now);
  if (at?.state === 'open') return 0;
  // A calendar without a next opening, or that was removed, must not keep the run forever.
  return Math.min((at?.nextOpen ?? Infinity) - now, LONGEST_WAIT);
}

/** The step at which a run waits. */
export function stepOf({ funnel, step }: WaitingRun): Step | null {
  return funnel.steps[step] ?? null;
}

/** The question that a run waits at; null if it waits for a time. */
export function askOf(run: WaitingRun): Ask | null {
  const step = stepOf(run);
  return step?.type === 'ask' ? step.ask : null;
}
