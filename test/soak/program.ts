import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Dice } from './dice.js';

/** The moment of a kill: a time after the start, or at one of the program's calls. */
export type Moment =
  | { readonly kind: 'start'; readonly after: number }
  | {
      readonly kind: 'before_answer' | 'after_answer';
      /** `CHANGE`: a request of an operator to the dashboard. */
      readonly method: 'POST' | 'GET' | 'CHANGE';
      /** The number of the call of that kind since the start, from 1. */
      readonly nth: number;
      /** Milliseconds after that call, with fractions. */
      readonly after: number;
    }
  /**
   * At a commit to the store, counted from 1 since the start; the process kills itself, so that nothing can happen in
   * between.
   */
  | { readonly kind: 'before_commit' | 'after_commit'; readonly nth: number };

/** Milliseconds from its first call after which a process is killed even if it has not reached its moment. */
const LONGEST_LIFE = 1_500;
/** Milliseconds from its start after which a process is killed if it makes no call. */
const LONGEST_START = 15_000;
const LAST_WORDS = 30;

export interface Program {
  /** Starts the program, waits for the moment, and kills it. */
  live(moment: Moment): Promise<void>;
  /** Starts the program, and lets it run until `end`. */
  start(): void;
  /** Kills the program, and waits until its process has ended. */
  kill(): Promise<void>;
  /** Stops the program, and returns its exit code. */
  end(): Promise<number | null>;
  /** Called for each call before the response: by the sandbox, and by operators with `CHANGE`. */
  onCall(method: string): void;
  /** An error for each time that the program ended by itself. */
  readonly faults: readonly string[];
  /** Process id; null while the program does not run. */
  pid(): number | null;
  /** The end of the program's log since its start. */
  lastWords(): string;
}

/** The built command, started and killed repeatedly. */
export function createProgram(command: readonly [string, ...string[]], commitLog: string): Program {
  const faults: string[] = [];
  let child: ChildProcess | null = null;
  let exited: Promise<unknown> = Promise.resolve();
  let awaited: Extract<Moment, { method: string }> | null = null;
  let calls = 0;
  let isEnding = false;
  let words: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isUncalled = false;

  function start(env: Readonly<Record<string, string>> = {}): void {
    const [file, ...args] = command;
    words = [];
    const started = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      words.push(text);
      if (words.length > LAST_WORDS) words.shift();
    });
    isEnding = 'SOAK_COMMIT' in env;
    calls = 0;
    // A process that killed itself at a commit before its first call leaves these set, for the next one to die of.
    isUncalled = false;
    awaited = null;
    child = started;
    exited = once(started, 'exit').then(([code, signal]) => {
      if (!isEnding || (signal === null && code !== 0))
        faults.push(`it ended by itself (${String(code ?? signal)}): ${words.join('')}`);
      child = null;
    });
  }

  function kill(): void {
    awaited = null;
    isEnding = true;
    child?.kill('SIGKILL');
  }

  return {
    faults,
    pid: () => child?.pid ?? null,
    lastWords: () => words.join(''),
    start: () => start(),
    async live(moment) {
      start('method' in moment || moment.kind === 'start' ? {} : commitOf(moment));
      awaited = 'method' in moment ? moment : null;
      timer = setTimeout(kill, moment.kind === 'start' ? moment.after : LONGEST_START);
      isUncalled = moment.kind !== 'start';
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      kill();
      await exited;
    },
    async end() {
      const ending = child;
      isEnding = true;
      ending?.kill('SIGTERM');
      await exited;
      return ending?.exitCode ?? null;
    },
    onCall(method) {
      if (isUncalled && method !== 'CHANGE') {
        isUncalled = false;
        clearTimeout(timer);
        timer = setTimeout(kill, LONGEST_LIFE);
      }
      if (awaited?.method !== method) return;
      calls += 1;
      if (calls < awaited.nth) return;
      const { kind, after } = awaited;
      awaited = null;
      if (kind === 'before_answer') killAfter(after);
      else if (after < 1) setImmediate(() => killAfter(after));
      else setTimeout(kill, after);
    },
  };

  function commitOf({ kind, nth }: Extract<Moment, { kind: `${string}_commit` }>) {
    const when = kind === 'before_commit' ? 'before' : 'after';
    return { SOAK_COMMIT: String(nth), SOAK_WHEN: when, SOAK_LOG: commitLog };
  }

  /** Busy-waits a fraction of a millisecond, because timers are not that precise. */
  function killAfter(wait: number): void {
    const until = performance.now() + Math.min(wait, 1);
    while (performance.now() < until);
    kill();
  }
}

/**
 * Draws the moment of a kill, most often around a POST or a commit, where a message can be lost or doubled. With
 * operators, every third is during one of their changes.
 */
export function chooseMoment(dice: Dice, hasOperators = false): Moment {
  if (hasOperators && dice.chance(0.33)) {
    const after = dice.roll() * dice.pick([3, 12, 30]);
    return { kind: 'after_answer', method: 'CHANGE', nth: dice.whole(1, 12), after };
  }
  const fine = dice.roll();
  const nth = dice.pick([1, 1, 2, 3] as const);
  return dice.pick<Moment>([
    { kind: 'start', after: dice.whole(0, 600) },
    { kind: 'start', after: dice.whole(300, 1_200) },
    { kind: 'before_answer', method: 'POST', nth, after: fine },
    { kind: 'before_answer', method: 'POST', nth, after: 0 },
    { kind: 'after_answer', method: 'POST', nth, after: fine },
    { kind: 'after_answer', method: 'POST', nth, after: fine * 8 },
    { kind: 'after_answer', method: 'GET', nth, after: fine },
    { kind: 'after_answer', method: 'GET', nth, after: fine * 20 },
    // The first commits belong to the start and the first poll; the later ones decide and send.
    ...(['before_commit', 'after_commit'] as const).flatMap((commit) => [
      { kind: commit, nth: dice.whole(1, 12) },
      { kind: commit, nth: dice.whole(6, 60) },
      { kind: commit, nth: dice.whole(6, 60) },
    ]),
  ]);
}
