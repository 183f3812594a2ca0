import { formatDuration, type Instant } from '../../domain/time.js';
import type { Guard, LoopSettings } from './guard.js';

/** Factor by which each further loop lengthens the silence. */
const GROWTH = 4;

/**
 * Objects if the contact seems to be a program: two automatic responders reply to each other without end, and
 * faster than people do. Each such loop causes a silence, and each silence is longer than the previous one.
 */
export const loopBreaker: Guard = {
  name: 'no loop with another program',
  onlyWhenDeciding: true,
  ask({ confirmsOptOut, continues, contactId }, { recentAnswers, now }, { loopBreaker: settings }) {
    if (settings === null || confirmsOptOut || continues || contactId === '') return null;
    const loops = loopsIn(recentAnswers, settings);
    const last = loops.at(-1);
    if (last === undefined) return null;
    const until = last + settings.wait * GROWTH ** (loops.length - 1);
    if (until <= now) return null;
    const { rounds, within } = settings;
    const times = loops.length === 1 ? '' : ` (loop number ${loops.length})`;
    return {
      reason: 'per_contact_limit',
      note: `${rounds} replies in a row within ${formatDuration(within)} of each other${times}: probably another program; silent for ${formatDuration(until - now)} more`,
    };
  },
};

/**
 * Times at which each loop was complete. Replies of several rules to one message have the same time and count
 * as one.
 */
function loopsIn(answers: readonly Instant[], { rounds, within }: LoopSettings): readonly Instant[] {
  const loops: Instant[] = [];
  let run = 0;
  let before: Instant | null = null;
  for (const at of answers) {
    if (at === before) continue;
    run = before !== null && at - before <= within ? run + 1 : 1;
    before = at;
    if (run < rounds) continue;
    loops.push(at);
    run = 0;
  }
  return loops;
}
