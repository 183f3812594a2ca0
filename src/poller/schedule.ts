import { createHash } from 'node:crypto';
import cron, { type ScheduledTask } from 'node-cron';
import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '../domain/time.js';

export interface Schedule {
  start(): void;
  /** Starts no further run; a running one ends by itself. */
  stop(): void;
}

/** True if node-cron accepts the expression: five fields, or six with seconds. */
export function isSchedule(expression: string): boolean {
  return cron.validate(expression);
}

/** node-cron logs to the console, in colours, bypassing our log. None of its messages are needed. */
const SILENT = { info: silent, warn: silent, error: silent, debug: silent };

/**
 * Expressions are evaluated in UTC, whatever the zone of the machine. WARNING: in a zone with daylight saving
 * time node-cron 4.6.0 runs nothing in the hour that occurs twice.
 */
const ZONE = 'Etc/UTC';
/** Timers are limited to 24 days, and the clock may be set meanwhile. */
const LONGEST_SLEEP = MINUTE;

/**
 * Runs `work` at each match of a cron expression. Matches during a run are skipped; a match missed because
 * the process was stopped or busy is made up for at once, one time. `work` must not reject: nothing would
 * handle it.
 */
export function createSchedule(expression: string, work: () => Promise<void>): Schedule {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function sleepUntil(due: Instant): void {
    if (isStopped) return;
    const wait = Math.min(Math.max(0, due - Date.now()), LONGEST_SLEEP);
    timer = setTimeout(() => {
      // After the clock was set back, an earlier match may be the next one.
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
 * The next match of the expression by `clock`, plus an offset that depends on `name`: part of the interval
 * between two matches, at most a minute, so that thousands of workspaces with the same expression do not run
 * at the same time.
 */
export function nextTime(expression: string, name: string, clock: Clock = Date.now): Instant {
  const now = clock();
  const [first, second] = nextMatches(expression, now);
  if (first === undefined || second === undefined) return now + MINUTE;
  const every = second - first;
  const later = Math.round(shareOf(name) * Math.min(every, MINUTE));
  const at = first + later;
  return at - every > now ? at - every : at;
}

/** The next match of the expression, by `clock`. */
export function nextMatch(expression: string, clock: Clock = Date.now): Instant {
  const now = clock();
  return nextMatches(expression, now)[0] ?? now + MINUTE;
}

/**
 * The next two matches after `now`. Cached, since thousands of workspaces share an expression and need the same
 * times. node-cron keeps each task for as long as the process lives, so there is one per expression.
 */
function nextMatches(expression: string, now: Instant): readonly Instant[] {
  const known = matches.get(expression);
  // The cached matches are computed again after the clock was set back.
  if (known?.found[0] !== undefined && known.found[0] > now && known.at <= now) return known.found;
  const task =
    known?.task ?? cron.createTask(expression, () => undefined, { timezone: ZONE, logger: SILENT });
  const found = matchesAfter(now, task, expression);
  matches.set(expression, { task, found, at: now });
  return found;
}

/** Farther ahead, the clock of this machine is not searched: each second takes 40 microseconds. */
const AHEAD_MOST = HOUR + MINUTE;
const MOST_RUNS = 4_096;

/**
 * node-cron 4.6.0 finds matches after the time of this machine only, which may differ from `now`. If that clock is
 * ahead, the matches until then are searched one by one; if it is behind, more matches are computed.
 */
function matchesAfter(now: Instant, task: ScheduledTask, expression: string): readonly Instant[] {
  const step = expression.trim().split(/\s+/u).length > 5 ? SECOND : MINUTE;
  const own = Math.min(Date.now(), now + AHEAD_MOST);
  const found: Instant[] = [];
  for (let at = (Math.floor(now / step) + 1) * step; at <= own && found.length < 2; at += step)
    if (task.match(new Date(at))) found.push(at);
  for (let count = 2; found.length < 2 && count <= MOST_RUNS; count *= 2) {
    const after = found[0] ?? now;
    const runs = task.getNextRuns(count).map((at) => at.getTime());
    found.push(...runs.filter((at) => at > after).slice(0, 2 - found.length));
    // If only one of the two matches was found, the next round begins after it.
  }
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

/** Cached, since each heartbeat of a worker computes the times of all its workspaces. */
const shares = new Map<string, number>();

function silent(): void {
  // The task only computes times; it does nothing.
}
