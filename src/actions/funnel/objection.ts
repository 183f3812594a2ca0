import { guardsOn, type Subject } from '../decision/decision.js';
import type { Objection } from '../guards/guard.js';

/** The objection to a message that follows no new event; null if it may be sent. */
export function whyNot(subject: Subject): Objection | null {
  if (subject.facts.lastInboundAt === null) {
    return { reason: 'window_closed', note: 'the contact never wrote, and a comment opens no window' };
  }
  return guardsOn(subject, { actions: ['reply'], continues: true }).objection;
}
