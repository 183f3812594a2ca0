import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import { rehearseEvent, type RehearseParts } from '../rehearsal/rehearse.js';
import { createSettlingMemory } from '../rehearsal/settling.js';
import { waiting } from '../engine/settle.js';
import type { ReplayedEvent } from './replayed-event.js';

/** Decides about many events, each exactly once: at once, or when its contact pauses. */
export interface Replayer {
  /**
   * Decides the next event. Calls `onDecided` for each event decided meanwhile, the next one or earlier ones.
   */
  take(place: number, event: ReplayedEvent): Promise<void>;
  /** Decides the events that still wait for their contact to pause. */
  rest(): Promise<void>;
}

/**
 * Creates a replayer. `onDecided` gets each decision with its event and the `place` that was passed to `take`
 * with the event.
 */
export function createReplayer(
  { config, set, history }: Pick<RehearseParts, 'config' | 'set' | 'history'>,
  onDecided: (place: number, replayed: ReplayedEvent, decision: Decision) => void,
): Replayer {
  const held = new Map<InboundEvent, readonly [number, ReplayedEvent]>();
  const early = new Map<InboundEvent, Decision>();
  const settling = createSettlingMemory(({ events, decision }) => {
    for (const event of events) {
      const isLast = event === events.at(-1);
      const own = isLast ? decision : waiting(events.at(-1) ?? null, decision.rule, event.text);
      const known = held.get(event);
      if (known) onDecided(...known, own);
      // The event passed to the current `take`, which has not returned yet.
      else early.set(event, own);
      held.delete(event);
    }
  });
  return {
    async take(place, replayed) {
      const { event, accounts } = replayed;
      const { decision } = await rehearseEvent(event, event.at, { config, set, history, settling, accounts });
      const own = early.get(event) ?? decision;
      if (early.size > 0) early.clear();
      if (own.reason === 'settling') held.set(event, [place, replayed]);
      else onDecided(place, replayed, own);
    },
    async rest() {
      await settling.decideDue(Infinity);
    },
  };
}
