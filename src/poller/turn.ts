import type { Decision } from '../domain/decision.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { FactsWindow } from '../store/store.js';
import type { Source } from './source.js';
import { walk, type WalkParts } from './walk.js';

/** How many undecided events are taken at a time. */
const BATCH = 500;

export interface Stream {
  readonly source: Source;
  readonly platforms: readonly Platform[];
}

export interface TurnParts extends WalkParts {
  readonly streams: readonly Stream[];
  readonly window: FactsWindow;
  readonly answer: (event: InboundEvent, facts: Facts) => Promise<Decision>;
  readonly onDecision: (event: InboundEvent, decision: Decision) => void;
  /** A list that could not be read: the others are, and this one goes on where it stopped. */
  readonly onReadError: (stream: Stream, error: unknown) => void;
}

/** One turn: read what is new, decide it, commit. Sending is the outbox's work, not ours. Returns how many were decided. */
export async function turn(parts: TurnParts): Promise<number> {
  for (const stream of parts.streams) {
    try {
      parts.signal.throwIfAborted();
      await walk(stream.source, stream.platforms, parts);
    } catch (error) {
      // Stopping is no trouble: what was read is kept, and the next start decides it.
      if (parts.signal.aborted) return 0;
      parts.onReadError(stream, error);
    }
  }
  return decideAll(parts);
}

/** Undecided, not "just read": after a crash the leftovers come first, through the same lines. */
async function decideAll(parts: TurnParts): Promise<number> {
  const { store, clock, window, onDecision, signal } = parts;
  let decided = 0;
  for (;;) {
    const events = await store.undecided(BATCH);
    for (const event of events) {
      if (signal.aborted) return decided;
      const now = clock();
      const decision = await answerOrGiveUp(event, await store.factsFor(event, now, window), parts);
      if (await store.recordDecision(event, decision, now)) onDecision(event, decision);
      decided += 1;
    }
    if (events.length < BATCH) return decided;
  }
}

/** A decision that fails would fail at every try, and hold up all that comes after: so it is journalled as `failed`. */
async function answerOrGiveUp(event: InboundEvent, facts: Facts, { answer }: TurnParts): Promise<Decision> {
  try {
    return await answer(event, facts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const trace = { text: event.text, words: [], rules: [], rulesOmitted: 0, guards: [] };
    const detail = `the program failed to decide about it, please report this: ${why}`;
    return { rule: null, reason: 'failed', detail, actions: [], optOut: null, trace };
  }
}
