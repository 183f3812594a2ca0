import type { Decision } from '../../domain/decision.js';
import type { DueWork } from '../../domain/due-work.js';
import { createDueLoop, type DueLoop } from '../loop/due-loop.js';
import { doWork, type WorkParts } from './do-work.js';

export interface WorkerParts extends Omit<WorkParts, 'signal'> {
  /** True once no further work is begun in this cycle, except the first. @default never */
  readonly isOver?: () => boolean;
  readonly onDone: (work: DueWork, decision: Decision) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Does the work that funnel runs wait for: codes and fetches. A stop aborts running requests. */
export type FunnelWorker = DueLoop;

/**
 * Work begins with the first nudge, after a poll: a human may have written, or the contact opted out, while the
 * program was not running.
 */
export function createFunnelWorker(parts: WorkerParts): FunnelWorker {
  const { store, clock, isOver, onTrouble } = parts;
  return createDueLoop({
    ...{ clock, isOver, onTrouble, what: 'the work of a funnel', awaitsNudge: true },
    due: (now, limit) => store.dueWork(now, limit),
    nextAt: () => store.nextWorkAt(),
    async handle(work, signal) {
      const decision = await doWork(work, { ...parts, signal });
      if (decision !== null) parts.onDone(work, decision);
    },
  });
}
