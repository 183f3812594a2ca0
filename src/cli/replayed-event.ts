import type { AccountConfig } from '../domain/config.js';
import type { InboundEvent } from '../domain/event.js';

/** An event to be decided again, with any rules. */
export interface ReplayedEvent {
  readonly id: string;
  readonly event: InboundEvent;
  /** The accounts by name; the event's account may no longer be among them. */
  readonly accounts: ReadonlyMap<string, AccountConfig>;
}

/** Events in their order, in the portions in which they are read. */
export type ReplayedEvents = AsyncIterable<Iterable<ReplayedEvent>>;
