import { pauseText } from '../../domain/facts.js';
import type { Guard } from './guard.js';

/** Objects during a pause by the owner, or by a rule's `handoff` or `pause`. */
export const paused: Guard = {
  name: 'not paused',
  onlyAutomatic: true,
  passes: true,
  ask(_subject, { pause }) {
    if (!pause) return null;
    return { reason: 'paused', note: pauseText(pause) };
  },
};
