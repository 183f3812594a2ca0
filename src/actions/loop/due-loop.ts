import { type Clock, type Instant, type Millis, SECOND } from '../../domain/time.js';
import { createAlarm } from './alarm.js';

/** A loop that handles what the store has due, and wakes up when the next is due. */
export interface DueLoop {
  start(): void;
  /** Signals that there may be something due. */
  nudge(): void;
  /** Resolves when nothing is due. */
  drained(): Promise<void>;
  /** Time at which the next is due; null if nothing is waiting. */
  nextAt(): Instant | null;
  /** Aborts what is being handled, and waits for it. */
  stop(): Promise<void>;
}

export interface DueLoopParts<Item> {
  readonly clock: Clock;
  /** Name of the work, for `onTrouble`. */
  readonly what: string;
  /** True to begin with the first nudge instead of the start. @default false */
  readonly awaitsNudge?: boolean;
  /** True once no further item is handled in this cycle, except the first ones. @default never */
  readonly isOver?: (() => boolean) | undefined;
  /** Items that are due, longest due first. */
  due(now: Instant, limit: number): Promise<readonly Item[]>;
  nextAt(): Promise<Instant | null>;
  /** Handles one item. It must not be due at once afterwards: the loop would not end. */
  handle(item: Item, signal: AbortSignal): Promise<void>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

const AT_ONCE = 4;
/** Wait after an error, such as one of the store. */
const AFTER_TROUBLE: Millis = 10 * SECOND;

/** Creates the loop. An error while one item is handled is reported after the others have ended. */
export function createDueLoop<Item>(parts: DueLoopParts<Item>): DueLoop {
  const { clock, what, awaitsNudge = false, isOver = () => false, onTrouble } = parts;
  const stopping = new AbortController();
  const alarm = createAlarm(clock, kick);
  let isRunning = false;
  let isWanted = false;
  /** True if the rest was left to the next cycle. */
  let isCut = false;
  let working: Promise<void> | null = null;

  function kick(): void {
    if (!isRunning || isCut) return;
    isWanted = true;
    working ??= work().finally(() => {
      working = null;
      if (isWanted) kick();
    });
  }

  async function work(): Promise<void> {
    try {
      while (isRunning && isWanted) {
        isWanted = false;
        const due = await parts.due(clock(), AT_ONCE);
        await allOf(due.map((item) => parts.handle(item, stopping.signal)));
        if (due.length === 0) continue;
        isCut = isOver();
        isWanted = !isCut;
      }
      const next = await parts.nextAt();
      if (next !== null && isRunning) alarm.setFor(next);
    } catch (error) {
      onTrouble(what, error);
      isWanted = false;
      if (isRunning) alarm.setFor(clock() + AFTER_TROUBLE);
    }
  }

  return {
    start() {
      isRunning = true;
      if (!awaitsNudge) kick();
    },
    nudge: kick,
    async drained() {
      while (working !== null) await working;
    },
    nextAt: () => (isCut ? clock() : alarm.ringsAt()),
    async stop() {
      isRunning = false;
      alarm.clear();
      stopping.abort(new Error('stopping'));
      await working;
    },
  };
}

/** Waits for all, also after an error of one; then throws the first error. */
async function allOf(running: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(running);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
