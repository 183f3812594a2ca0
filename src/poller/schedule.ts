import { createHash } from 'node:crypto';
import cron, { type ScheduledTask } from 'node-cron';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';

export interface Schedule {
  start(): void;
  /** Starts no more work; what is running ends by itself. */
  stop(): void;
}

/** Whether node-cron takes the expression: five fields, or six with seconds. */
export function isSchedule(expression: string): boolean {
  return cron.validate(expression);
}

/** node-cron prints what it wants to say on the console, in colours, past the log. There is nothing that we need of it. */
const SILENT = { info: silent, warn: silent, error: silent, debug: silent };

/**
 * Expressions are read in UTC, whatever the zone of the machine.
 * WARNING: in a zone with summer time node-cron 4.6.0 runs nothing in the hour that comes twice.
 */
const ZONE = 'Etc/UTC';
/** Timers take no more than 24 days, and a clock may be set meanwhile. */
const LONGEST_SLEEP = MINUTE;

/**
 * Runs `work` at each match of a cron expression. A match during the last run is passed over; one that the process
 * missed, because it was stopped or busy, is made up for at once, one time. `work` must not reject: nobody would know.
 */
export function createSchedule(expression: string, work: () => Promise<void>): Schedule {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function sleepUntil(due: Instant): void {
    if (isStopped) return;
    const wait = Math.min(Math.max(0, due - Date.now()), LONGEST_SLEEP);
    timer = setTimeout(() => {
      // A clock that was set back makes an earlier match the next one.
      if (Date.now() < due) sleepUntil(Math.min(due, nextMatch(expression)));
      else void work().then(() => sleepUntil(nextMatch(expression)));
    }, wait);
  }

  return {
    start: () => sleepUntil(nextMatch(expression)),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * When the expression matches next, by `clock`, later by a part of the time between two matches, at most a minute: what has another
 * `name` comes at another time, so that thousands with the same expression do not all come at once.
 */
export function nextTime(expression: string, name: string, clock: Clock = Date.now): Instant {
  const [first, second] = nextMatches(expression);
  if (first === undefined || second === undefined) return clock() + MINUTE;
  const every = second - first;
  const later = Math.round(shareOf(name) * Math.min(every, MINUTE));
  const at = first + later;
  return by(clock, at - every > Date.now() ? at - every : at);
}

/** When the expression matches next, by `clock`. */
export function nextMatch(expression: string, clock: Clock = Date.now): Instant {
  return by(clock, nextMatches(expression)[0] ?? Date.now() + MINUTE);
}

/** node-cron knows the machine's clock alone: the time until then is what another clock is given. */
function by(clock: Clock, at: Instant): Instant {
  return clock === Date.now ? at : clock() + at - Date.now();
}

/**
 * The next two matches. Thousands of workspaces have the same expression, and ask for the same times. node-cron keeps
 * each task that it made for as long as the process lives: there is one for an expression.
 */
function nextMatches(expression: string): readonly Instant[] {
  const known = matches.get(expression);
  const now = Date.now();
  // A clock that was set back asks anew.
  if (known?.found[0] !== undefined && known.found[0] > now && known.at <= now) return known.found;
  const task =
    known?.task ?? cron.createTask(expression, () => undefined, { timezone: ZONE, logger: SILENT });
  const found = task.getNextRuns(2).map((at) => at.getTime());
  matches.set(expression, { task, found, at: now });
  return found;
}

const matches = new Map<
  string,
  { readonly task: ScheduledTask; readonly found: readonly Instant[]; readonly at: Instant }
>();

/** A number from 0 to 1 that is always the same for a name. */
function shareOf(name: string): number {
  const known = shares.get(name);
  if (known !== undefined) return known;
  const share = createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
  shares.set(name, share);
  return share;
}

/** Each heartbeat of a worker asks for all its workspaces. */
const shares = new Map<string, number>();

function silent(): void {
  // Deliberately nothing.
}
