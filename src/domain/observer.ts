import type { AttemptResult } from './attempt.js';
import type { Decision } from './decision.js';
import type { InboundEvent } from './event.js';
import type { Send } from './send.js';

/** Callbacks for observers of the running program, such as the log and the demo. */
export interface Observer {
  readonly onDecision?: (event: InboundEvent, decision: Decision) => void;
  readonly onAttempt?: (send: Send, outcome: AttemptResult) => void;
  /** Called when a send ends some time after its attempt. */
  readonly onEnded?: (send: Send) => void;
}
