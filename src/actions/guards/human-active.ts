import { formatDuration } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Objects while a human is talking: a second reply on top of theirs is worse than none. */
export const humanActive: Guard = {
  name: 'no human active',
  onlyAutomatic: true,
  ask(_subject, { lastHumanAt, humanEndedAt, now }, { humanPause }) {
    if (lastHumanAt === null || lastHumanAt + humanPause <= now) return null;
    if (lastHumanAt <= (humanEndedAt ?? -Infinity)) return null;
    const ago = formatDuration(Math.max(0, now - lastHumanAt));
    return {
      reason: 'human_active',
      note: `a human wrote ${ago} ago; silent for ${formatDuration(humanPause)}`,
    };
  },
};
