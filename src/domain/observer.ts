import type { Delivered } from './attempt.js';
import type { Decision } from './decision.js';
import type { InboundEvent } from './event.js';
import type { Send } from './send.js';

/** Who watches the program at work: the log, the demo. */
export interface Observer {
  readonly onDecision?: (event: InboundEvent, decision: Decision) => void;
  readonly onAttempt?: (send: Send, outcome: Delivered) => void;
  /** How a send ended some time after its attempt. */
  readonly onEnded?: (send: Send) => void;
}
