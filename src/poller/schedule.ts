import { createHash } from 'node:crypto';
import cron, { type ScheduledTask } from 'node-cron';
import { type Instant, MINUTE } from '../domain/time.js';

export interface Schedule {
  start(): void;
  stop(): Promise<void>;
}

/** Whether node-cron takes the expression: five fields, or six with seconds. */
export function isSchedule(expression: string): boolean {
  return cron.validate(expression);
}

/** node-cron prints what it wants to say on the console, in colours, past the log. There is nothing that we need of it. */
const SILENT = { info: silent, warn: silent, error: silent, debug: silent };

/**
 * Runs `work` at each tick of a node-cron expression; a tick that comes while the last is still at work is passed over.
 * `work` must not reject: nobody would hear of it.
 */
export function createSchedule(expression: string, work: () => Promise<void>): Schedule {
  const task = cron.createTask(expression, work, { noOverlap: true, logger: SILENT });
  return {
    start: () => void task.start(),
    stop: async () => {
      await task.destroy();
    },
  };
}

/**
 * When the expression matches next, later by a part of the time between two matches, at most a minute: what has another
 * `name` comes at another time, so that thousands with the same expression do not all come at once.
 */
export function nextTime(expression: string, name: string): Instant {
  const [first, second] = nextMatches(expression);
  if (first === undefined || second === undefined) return Date.now() + MINUTE;
  const every = second - first;
  const later = shareOf(name) * Math.min(every, MINUTE);
  const at = first + later;
  return at - every > Date.now() ? at - every : at;
}

/** When the expression matches next. */
export function nextMatch(expression: string): Instant {
  return nextMatches(expression)[0] ?? Date.now() + MINUTE;
}

/**
 * The next two matches. Thousands of workspaces have the same expression, and ask for the same times. node-cron keeps
 * each task that it made for as long as the process lives: there is one for an expression.
 */
function nextMatches(expression: string): readonly Instant[] {
  const known = matches.get(expression);
  if (known?.found[0] !== undefined && known.found[0] > Date.now()) return known.found;
  const task = known?.task ?? cron.createTask(expression, () => undefined, { logger: SILENT });
  const found = task.getNextRuns(2).map((at) => at.getTime());
  matches.set(expression, { task, found });
  return found;
}

const matches = new Map<string, { readonly task: ScheduledTask; readonly found: readonly Instant[] }>();

/** A number from 0 to 1 that is always the same for a name. */
function shareOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}

function silent(): void {
  // Deliberately nothing.
}
