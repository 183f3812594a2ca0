import { setImmediate as turn } from 'node:timers/promises';
import { finish } from '../domain/steps.js';
import { type Millis, SECOND } from '../domain/time.js';
import { statesOf } from './file-states.js';
import { createFolderEvents, type WatchFolder } from './folder-events.js';
import { inTurns } from './in-turns.js';
import { createSettling } from './settling.js';

/** A clock that is never set, and its timer. */
export interface WatchClock {
  now(): Millis;
  /** Calls `then` after the time. Returns a function that prevents it. */
  after(time: Millis, then: () => void): () => void;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Interval of checking the files without an event, and the time for which they must be the same. @default one second */
  readonly every?: Millis;
  /** @default `fs.watch` */
  readonly watchFolder?: WatchFolder;
  /** @default the clock of the process */
  readonly clock?: WatchClock;
}

/** Least time between two checks, so that a file that is written without a pause does not cause one after the other. */
const GAP: Millis = 50;

const PROCESS_CLOCK: WatchClock = {
  now: () => performance.now(),
  after(time, then) {
    const timer = setTimeout(then, time);
    return () => clearTimeout(timer);
  },
};

/**
 * Yields whenever the files, or files in the folders, change: content, names, or existence. Waits until they
 * are unchanged for a second, so that a file is not read while an editor writes it; one that is renamed into place is
 * complete, and is not waited for. `paths` is called at each check. Ends when the signal is aborted.
 * Events of the file system only make a check earlier than the next of each second: they are missed on network drives
 * and in containers, and when a whole folder is replaced, as Kubernetes does.
 */
export async function* changes(
  paths: () => readonly string[],
  { signal, every = SECOND, watchFolder, clock = PROCESS_CLOCK }: WatchOptions,
): AsyncGenerator<void> {
  const pause = createPause(signal, clock);
  const events = createFolderEvents({ onEvent: () => pause.end(), watchFolder, now: () => clock.now() });
  try {
    const listed = paths();
    events.follow(listed);
    const settling = createSettling(finish(statesOf(listed)), every);
    let checked = clock.now();
    let next = every;
    while (await pause.until(checked + GAP, checked + next)) {
      checked = clock.now();
      const watched = paths();
      const number = events.follow(watched);
      const states = await inTurns(statesOf(watched));
      // The events until now are received here.
      await turn();
      const left = settling.check(states, checked, events.isWhole);
      const isSettled = left !== null && left <= 0;
      next = left === null || isSettled ? every : Math.min(left, every);
      if (left === null || isSettled) events.forget(number);
      if (isSettled) yield;
    }
  } finally {
    pause.close();
    events.close();
  }
}

/** A pause between two checks. */
function createPause(signal: AbortSignal, clock: WatchClock) {
  let isEnded = false;
  let wake = (): void => undefined;
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  return {
    /** Ends this pause, or the next one, before `latest`, but not before `earliest`. */
    end(): void {
      if (isEnded) return;
      isEnded = true;
      wake();
    },
    /** Resolves at `latest`, or once the pause was ended; to false if the signal is aborted. */
    async until(earliest: Millis, latest: Millis): Promise<boolean> {
      while (!signal.aborted) {
        const left = (isEnded ? Math.min(earliest, latest) : latest) - clock.now();
        if (left <= 0) break;
        await new Promise<void>((resolve) => {
          const stop = clock.after(left, resolve);
          wake = () => {
            stop();
            resolve();
          };
        });
      }
      isEnded = false;
      return !signal.aborted;
    },
    close(): void {
      signal.removeEventListener('abort', onAbort);
    },
  };
}
