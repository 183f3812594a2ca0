import type { GuardTrace } from '../../domain/decision.js';
import type { GuardFacts } from '../../domain/facts.js';
import type { Guard, GuardSettings, GuardSubject, Objection } from './guard.js';
import { humanActive } from './human-active.js';
import { loopBreaker } from './loop-breaker.js';
import { optedOut } from './opted-out.js';
import { otherAutomation } from './other-automation.js';
import { paused } from './paused.js';
import { perContactLimit } from './per-contact-limit.js';
import { platformCannotSend } from './platform-cannot-send.js';
import { privateReplyUsed } from './private-reply-used.js';
import { publicReplyGiven } from './public-reply-given.js';
import { windowClosed } from './window-closed.js';

/** Guards run in this order; the first objection becomes the reason in the journal. */
export const guards: readonly Guard[] = [
  platformCannotSend,
  optedOut,
  paused,
  humanActive,
  otherAutomation,
  privateReplyUsed,
  publicReplyGiven,
  windowClosed,
  perContactLimit,
  loopBreaker,
];

export interface GuardVerdict {
  readonly objection: Objection | null;
  /** Every guard that ran; the objecting one is last. */
  readonly trace: readonly GuardTrace[];
}

/**
 * Moment at which guards run. `waiting`: for a draft that nobody approved yet, only those whose objection ends it.
 */
export type GuardMoment = 'deciding' | 'sending' | 'waiting';

/** Runs the guards until one objects. */
export function askGuards(
  subject: GuardSubject,
  facts: GuardFacts,
  settings: GuardSettings,
  moment: GuardMoment,
): GuardVerdict {
  const trace: GuardTrace[] = [];
  for (const guard of guards) {
    if (!isAsked(guard, subject, moment)) continue;
    const objection = guard.ask(subject, facts, settings);
    trace.push({ guard: guard.name, reason: objection?.reason ?? null, note: objection?.note ?? null });
    if (objection) return { objection, trace };
  }
  return { objection: null, trace };
}

function isAsked(guard: Guard, { byHuman }: GuardSubject, moment: GuardMoment): boolean {
  if (guard.onlyWhenDeciding && moment !== 'deciding') return false;
  if (guard.passes && moment === 'waiting') return false;
  return !(guard.onlyAutomatic && byHuman === true);
}
