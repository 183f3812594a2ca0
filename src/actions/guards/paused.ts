import { formatInstant } from '../../domain/time.js';
import type { Guard } from './guard.js';

/** Objects during a pause by the owner. */
export const paused: Guard = {
  name: 'not paused',
  onlyAutomatic: true,
  passes: true,
  ask(_subject, { pause }) {
    if (!pause) return null;
    const until =
      pause.until === Infinity ? 'until it is ended by hand' : `until ${formatInstant(pause.until)}`;
    return { reason: 'paused', note: `${pause.scope}, ${until}` };
  },
};
