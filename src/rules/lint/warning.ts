import type { Finding } from '../../domain/finding.js';
import type { Place } from '../../domain/rule.js';

/** What a lint has to say. */
interface Warning {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

/** A warning at a place. Lint sees checked rules, not their text, so there is no frame. */
export function warningAt(place: Place, { code, message, mend }: Warning): Finding {
  return { severity: 'warning', code, message, mend, ...place, frame: '' };
}
