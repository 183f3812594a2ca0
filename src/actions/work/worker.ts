import type { Decision } from '../../domain/decision.js';
import { type Clock, type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { DueWork } from '../../domain/due-work.js';
import type { WorkStore } from '../../store/ports/work.js';
import { createAlarm } from '../outbox/alarm.js';
import { doWork, type WorkParts } from './do-work.js';

export interface WorkerParts extends Omit<WorkParts, 'signal'> {
  readonly store: WorkParts['store'] & WorkStore;
  readonly clock: Clock;
  /** True once no further work is begun in this cycle, except the first. @default never */
  readonly isOver?: () => boolean;
  readonly onDone: (work: DueWork, decision: Decision) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Does the work that funnel runs wait for: codes and fetches. */
export interface FunnelWorker {
  /**
   * Work begins with the first nudge, after a poll: a human may have written, or the contact opted out, while the
   * program was not running.
   */
  start(): void;
  /** Signals that there may be work. */
  nudge(): void;
  /** Resolves when no work is due. */
  drained(): Promise<void>;
  /** Time of the next work; null if none is waiting. */
  nextAt(): Instant | null;
  /** Aborts running requests. */
  stop(): Promise<void>;
}

const AT_ONCE = 4;
/** Wait after an error of the store. */
const AFTER_TROUBLE: Millis = 10 * SECOND;

export function createFunnelWorker(parts: WorkerParts): FunnelWorker {
  const { store, clock, onTrouble, isOver = () => false } = parts;
  const stopping = new AbortController();
  const alarm = createAlarm(clock, kick);
  let isRunning = false;
  let isWanted = false;
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
        const due = await store.dueWork(clock(), AT_ONCE);
        await Promise.all(due.map((each) => doOne(each, parts, stopping.signal)));
        if (due.length === 0) continue;
        isCut = isOver();
        isWanted = !isCut;
      }
      const next = await store.nextWorkAt();
      if (next !== null && isRunning) alarm.setFor(next);
    } catch (error) {
      onTrouble('the work of a funnel', error);
      isWanted = false;
      if (isRunning) alarm.setFor(clock() + AFTER_TROUBLE);
    }
  }

  return {
    start() {
      isRunning = true;
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

async function doOne(work: DueWork, parts: WorkerParts, signal: AbortSignal): Promise<void> {
  const decision = await doWork(work, { ...parts, signal });
  if (decision !== null) parts.onDone(work, decision);
}
