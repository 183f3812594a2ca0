import { NoResponseError } from '../blotato/errors.js';
import type { Platform } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import { decide, type DecideParts } from './deciding.js';
import { createEarly } from './early.js';
import type { Source } from './source.js';
import { walk } from './walk.js';
import type { WalkParts } from './walk-parts.js';
import type { PollStore, WalkEnd } from '../store/ports/polls.js';
import type { JournalStore } from '../store/ports/journal.js';

export interface Stream {
  readonly source: Source;
  readonly platforms: readonly Platform[];
}

export interface CycleParts extends WalkParts, DecideParts {
  readonly store: PollStore & JournalStore;
  readonly streams: readonly Stream[];
  /** Time when the lists are due again. */
  readonly nextPoll: () => Instant;
  /** Ends funnel runs that timed out, before anything newer is decided. */
  readonly expire: () => Promise<void>;
  /** Lets the sends of these events leave, and no others, while lists are still being read. @default they wait */
  readonly sendEarly?: ((eventIds: readonly string[]) => Promise<void>) | undefined;
  /** Called when a list was read completely, with the number of new events. */
  readonly onRead?: (stream: Stream, found: number) => void;
  /**
   * Called for a list that could not be read. The other lists are read, and the failed list continues later
   * where it stopped.
   */
  readonly onReadError: (stream: Stream, error: unknown) => void;
}

/** Result of a poll cycle. */
export interface CycleEnd {
  readonly decided: number;
  /** True if undecided events are left. */
  readonly hasMore: boolean;
  /** True if nothing was decided and nothing waits for a decision. */
  readonly isQuiet: boolean;
}

/** One poll cycle: reads what is new, decides it, commits. The outbox does the sending. */
export async function pollCycle(parts: CycleParts): Promise<CycleEnd> {
  const { store, clock, signal } = parts;
  const early = createEarly(parts);
  const ends = await readAll({ ...parts, onOpenPage: early.decide });
  if (!signal.aborted) await releaseHeld(parts);
  const left = await store.endPoll(ends, clock(), parts.nextPoll());
  if (signal.aborted) return { decided: early.decided(), hasMore: false, isQuiet: false };
  if (left.expired) await parts.expire();
  const { decided, hasMore } = left.undecided ? await decide(parts) : { decided: 0, hasMore: false };
  const isIdle = !left.undecided && !left.expired && !parts.known.hasHeld;
  return { decided: early.decided() + decided, hasMore, isQuiet: isIdle && early.decided() === 0 };
}

/**
 * Walks each list. Returns the completed walks; a list that cannot be read is reported, and the others are
 * read.
 */
async function readAll(parts: CycleParts): Promise<WalkEnd[]> {
  const { store, clock, signal } = parts;
  const ends: WalkEnd[] = [];
  for (const stream of parts.streams) {
    try {
      signal.throwIfAborted();
      const walked = await walk(stream.source, stream.platforms, parts);
      ends.push(...walked.ends);
      // The starting point is saved at once: everything written from then on is new, whatever happens to the
      // other lists.
      if (isFirst(stream, parts)) await store.endPoll(ends.splice(0), clock(), parts.nextPoll());
      parts.onRead?.(stream, walked.added);
    } catch (error) {
      const why: unknown = signal.aborted ? signal.reason : error;
      // Stopping is not an error: rows read so far are kept, and the next start decides them. A hanging API is
      // an error.
      if (!signal.aborted || why instanceof NoResponseError) parts.onReadError(stream, why);
      if (signal.aborted) break;
    }
  }
  return ends;
}

/** Tries to release held messages, also of lists that were not read in this cycle. */
async function releaseHeld({ streams, known, clock, signal, onReadError }: CycleParts): Promise<void> {
  if (!known.hasHeld) return;
  for (const stream of streams) {
    try {
      await stream.source.release?.(clock(), signal);
    } catch (error) {
      if (signal.aborted) return;
      onReadError(stream, error);
    }
  }
}

/** True if a platform of the list was never read before. */
function isFirst({ source, platforms }: Stream, { known }: CycleParts): boolean {
  const watermarks = known.watermarks[source.resource];
  return platforms.some((platform) => watermarks?.has(platform) !== true);
}
