import type { AttemptResult } from '../../domain/attempt.js';
import type { Mode } from '../../domain/mode.js';
import type { Send, SendRoute } from '../../domain/send.js';
import { type Instant, SECOND } from '../../domain/time.js';
import { type Alarm, createAlarm } from '../loop/alarm.js';
import { attempt, type Attempting, TRY_AGAIN } from './attempt.js';
import { createFollower, type Follower } from './follower.js';
import { createHolds } from './holds.js';
import { createKeyProbe } from './key-probe.js';
import { createSender, ROUTES, type Sender } from './sender.js';
import type { Sending } from './sending.js';

export interface OutboxParts extends Omit<Sending, 'signal'> {
  /** Maximum number of concurrent attempts. */
  readonly concurrency: number;
  /** Approximate maximum number of attempts, after which the rest waits for the next cycle. @default Infinity */
  readonly mostAttempts?: number | undefined;
  /** True once no further attempt begins in this cycle, except the first. @default never */
  readonly isOver?: (() => boolean) | undefined;
  /** In shadow mode nothing is sent, not even sends decided in live mode before: they wait. */
  readonly mode: Mode;
  readonly onAttempt: (send: Send, outcome: AttemptResult) => void;
  readonly onEnded: (send: Send) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Outbox {
  /**
   * Recovers the sends of a previous process. Sending begins with the first nudge, after a poll: a human may
   * have written, or a contact opted out, while the program was not running. `over` is aborted if the outbox
   * was stopped meanwhile, so that nothing starts.
   */
  start(over?: AbortSignal): Promise<void>;
  /**
   * Signals that there may be something to send or to check. With ids of events only their sends may leave, until a
   * nudge without.
   */
  nudge(eventIds?: readonly string[]): void;
  /** Resolves when nothing may be sent now and no check is due before `until`. */
  drained(until: Instant): Promise<void>;
  /** Time of the next known work; null if no work is known. */
  nextAt(): Instant | null;
  /**
   * Accepts nothing new and waits for sends in progress; after `patience` milliseconds they are aborted, and
   * so ambiguous.
   */
  stop(patience: number): Promise<void>;
}

/**
 * The loop over the outbox: sends what is due, and follows each send until its outcome is known. SEND_STATES
 * describes the states of a send; those of the loop are:
 * - stopped: nothing is claimed. `start` first changes rows that a previous process left as `sending` to
 *   `ambiguous`.
 * - following: started, but `nudge` was not called yet: sends are checked, none is claimed. The results of
 *   the first poll (a human's message, an opt-out) must count before anything is sent. The poller may allow the sends of
 *   events whose conversation it has read already.
 * - working: sends are claimed and checked. Each attempt: claim, guards, POST, commit of its end. While such
 *   a commit fails, no other send is claimed.
 * - idle: nothing is due. The alarm, set to the earliest known time, or `nudge` lead back to working.
 * - stopping: nothing new is claimed; attempts in progress may end within the patience of `stop`, and are
 *   aborted after it, which leaves them `ambiguous` for the next start.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const { store, clock } = parts;
  const cut = new AbortController();
  const loop = loopOf(parts, cut.signal);
  return {
    nudge(eventIds) {
      if (eventIds === undefined) loop.maySend = true;
      else eventIds.forEach((id) => loop.early.add(id));
      work(loop);
    },
    async start(over) {
      if (loop.isRunning) return;
      await store.recoverSends(clock() + SECOND);
      if (over?.aborted === true) return;
      loop.isRunning = true;
      work(loop);
    },
    async drained(until) {
      while (loop.isRunning && clock() <= until) {
        await loop.sender.idle();
        const next = await store.nextCheckAt();
        if (loop.looking === null && loop.sender.isIdle() && (next === null || next > until)) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    nextAt: () => (loop.isCut ? clock() : loop.alarm.ringsAt()),
    async stop(patience) {
      loop.isRunning = false;
      loop.alarm.clear();
      // Checks only read, so they may be aborted at once.
      loop.looks.abort(new Error('stopping'));
      const late = setTimeout(() => cut.abort(new Error('stopping')), patience);
      await loop.sender.idle();
      cut.abort(new Error('stopping'));
      clearTimeout(late);
      await loop.looking;
    },
  };
}

interface Loop {
  readonly parts: OutboxParts;
  readonly sending: Attempting;
  readonly alarm: Alarm;
  readonly sender: Sender;
  readonly follower: Follower;
  /** Aborts read-back checks and other reads. */
  readonly looks: AbortController;
  isRunning: boolean;
  attempts: number;
  /** True if an attempt was left to the next cycle. */
  isCut: boolean;
  /** True once `nudge` was called for all sends. */
  maySend: boolean;
  /** Events whose sends may leave before. */
  readonly early: Set<string>;
  /** The running round of checks. */
  looking: Promise<void> | null;
}

function loopOf(parts: OutboxParts, signal: AbortSignal): Loop {
  const { clock, concurrency } = parts;
  const looks = new AbortController();
  const reading = { ...parts, signal: looks.signal };
  const memory = { holds: createHolds(clock), askKey: createKeyProbe(reading), unsettled: new Map() };
  const sending: Attempting = { ...parts, signal, ...memory };
  const loop: Loop = {
    ...{ parts, sending, looks, isRunning: false, maySend: false, early: new Set<string>(), looking: null },
    ...{ attempts: 0, isCut: false },
    alarm: createAlarm(clock, () => work(loop)),
    sender: createSender(concurrency, (route) => sendNext(route, loop)),
    follower: createFollower({ ...sending, signal: looks.signal }),
  };
  return loop;
}

function work(loop: Loop): void {
  if (!loop.isRunning) return;
  kickSender(loop);
  const rest = loop.follower.restsUntil();
  if (rest !== null) return wake(loop, rest);
  loop.looking ??= runFollower(loop).finally(() => {
    loop.looking = null;
  });
}

function kickSender({ isRunning, maySend, early, parts, sender }: Loop): void {
  if (isRunning && (maySend || early.size > 0) && parts.mode !== 'shadow') sender.kick();
}

function wake({ isRunning, alarm }: Loop, at: Instant | null): void {
  if (isRunning && at !== null) alarm.setFor(at);
}

function isEnough({ attempts, parts: { mostAttempts = Infinity, isOver } }: Loop): boolean {
  return attempts >= mostAttempts || (attempts > 0 && isOver?.() === true);
}

/** Makes one attempt. Returns the routes on which there may be more to send. */
async function sendNext(route: SendRoute, loop: Loop): Promise<readonly SendRoute[]> {
  const { parts, sending } = loop;
  if (!loop.isRunning) return [];
  loop.isCut ||= isEnough(loop);
  if (loop.isCut) return [];
  try {
    const { send, settled, againAt } = await attempt(route, sending, loop.maySend ? null : [...loop.early]);
    wake(loop, againAt);
    for (const made of settled) {
      if (made.trouble !== undefined) parts.onTrouble('preparing a send', made.trouble);
      parts.onAttempt(made.send, made.outcome);
    }
    if (send === null) return [];
    loop.attempts += 1;
    // The public reply of its rule, on the other route, may have waited for this send.
    const others = send.action === 'reply' ? [] : ROUTES.filter((each) => each !== route);
    // The route is listed twice: for the current slot, and for another slot that may be free.
    return [...others, route, route];
  } catch (error) {
    parts.onTrouble('sending', error);
    wake(loop, parts.clock() + TRY_AGAIN);
    return [];
  }
}

/**
 * One round of checks; after each the sender is started, since sends may have waited for the one that ended.
 */
async function runFollower(loop: Loop): Promise<void> {
  const { parts, looks, follower } = loop;
  try {
    for await (const ended of follower.round()) {
      ended.forEach(parts.onEnded);
      if (!loop.isRunning) return;
      kickSender(loop);
    }
    wake(loop, await follower.nextAt());
  } catch (error) {
    if (looks.signal.aborted) return;
    parts.onTrouble('checking sends', error);
    wake(loop, follower.rest());
  }
}
