import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE, SECOND, type Millis } from '../../src/domain/time.js';
import { DEFAULT_ACCOUNTS, type Sandbox, type SandboxSend, startSandbox } from '../../src/sandbox/server.js';
import { readSqlite } from '../../src/store/sqlite/store.js';
import { type Block, EVERY_ACCOUNT } from '../../src/domain/block.js';
import { createDice, type Dice } from './dice.js';
import { type MemoryFigures, memoryFigures, residentMemory } from './memory.js';
import { type Desk, NO_DESK, openDesk } from './desk.js';
import { type Excuses, isSettled, judge, type ReadMessage, unread, type Verdict } from './judge.js';
import type { PeopleVerdict } from './judge-people.js';
import { isGuest } from './guests.js';
import { chooseMoment, createProgram, type Program } from './program.js';
import { command, firstStart } from './set-up.js';
import { createTraffic, NOISE } from './traffic.js';
import { createTroubles } from './troubles.js';
import { createWeather } from './weather.js';

const COMMIT_LOG = 'commits.log';
/**
 * Maximum time after the last fault until everything has ended: a hanging call, and then its read-back
 * checks.
 */
const SETTLES_WITHIN: Millis = 3 * MINUTE;
/** Maximum delay of a send after the hold of its account has ended: a poll, a probe, and a busy machine. */
const HOLD_SLACK: Millis = 30 * SECOND;

/** Equal to LAST_PROBE of the program: the longest time between two probes of a held account. */
const LONGEST_HOLD: Millis = 5 * MINUTE;

/** Maximum of open replies at which people still write. */
const MOST_OUTSTANDING = 200;

/** Maximum of waiting drafts at which guests still write. */
const MOST_DRAFTS = 20;

export interface SoakOptions {
  /** Number of kills; with 0 the program's memory is measured instead. */
  readonly kills: number;
  readonly seed: number;
  /** Minimum duration in milliseconds. */
  readonly lasts?: Millis;
  readonly onProgress?: (progress: SoakProgress) => void;
  /**
   * Kinds of faults. `all` adds refusals that hold accounts, malformed rows, accounts under another id and a
   * clock offset. @default calls
   */
  readonly faults?: 'calls' | 'all';
  /** True to let people approve, edit and drop drafts and write replies meanwhile. @default false */
  readonly people?: boolean;
}

export interface SoakProgress {
  readonly kills: number;
  readonly written: number;
  readonly accepted: number;
  readonly phase: 'killing' | 'living' | 'settling';
}

export interface SoakResult extends Verdict {
  readonly ok: boolean;
  readonly seed: number;
  readonly kills: number;
  /** The number of kills by kind of moment. */
  readonly moments: Readonly<Record<string, number>>;
  /** The number of kills right before and right after each commit, by what the commit writes. */
  readonly commits: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly settledInSeconds: number;
  /** Number of messages and comments of people. */
  readonly written: number;
  /** Number of POSTs that the sandbox accepted. */
  readonly accepted: number;
  /** The memory of the program, when it is never killed; null where the system does not report it. */
  readonly memory: MemoryFigures | null;
  /** Faults that happened to POSTs. */
  readonly faults: Readonly<Record<string, number>>;
  /** Errors: the program ended by itself, did not settle, or the sandbox violated its own description. */
  readonly broken: readonly string[];
  /** Accounts that sent nothing though something waited, for longer than their hold. */
  readonly silent: readonly string[];
  /** The result about people; null without `people`. */
  readonly people: PeopleVerdict | null;
}

/**
 * The built program against a sandbox with faults, killed again and again while people write. Then the faults
 * stop, the program may finish, and the sandbox, the journal and the messages are compared.
 */
export async function soak({
  kills,
  seed,
  lasts = 0,
  onProgress,
  faults = 'calls',
  people = false,
}: SoakOptions): Promise<SoakResult> {
  const dice = createDice(seed);
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const sandbox = await startSandbox({ limits: null, queuedFor: 60, visibleAfter: 150 });
  const program = createProgram(command(folder, sandbox), join(folder, COMMIT_LOG));
  const desk = people ? await openDesk(folder, sandbox, createDice(seed + 1)) : NO_DESK;
  try {
    return await play({ kills, seed, lasts, onProgress, faults, dice, sandbox, program, folder, desk });
  } finally {
    await program.end();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly kills: number;
  readonly seed: number;
  readonly lasts: Millis;
  readonly onProgress: ((progress: SoakProgress) => void) | undefined;
  readonly faults: 'calls' | 'all';
  readonly dice: Dice;
  readonly sandbox: Sandbox;
  readonly program: Program;
  readonly folder: string;
  readonly desk: Desk;
}

async function play({
  kills,
  seed,
  lasts,
  onProgress,
  faults: kindOfFaults,
  dice,
  sandbox,
  program,
  folder,
  desk,
}: Stage): Promise<SoakResult> {
  const began = Date.now();
  await firstStart(folder, program);
  const isWatched = kills === 0;
  const isAll = kindOfFaults === 'all';
  const weather = createWeather(dice, isWatched ? 0.1 : 1, isAll);
  const troubles = isAll ? createTroubles(sandbox, dice, NOISE) : null;
  sandbox.fault((request) => {
    program.onCall(request.method);
    return weather.hook(request);
  });
  const traffic = createTraffic(sandbox, dice, isWatched ? 500 : undefined);
  const report = (phase: SoakProgress['phase'], done: number): void =>
    onProgress?.({ phase, kills: done, written: traffic.written.length, accepted: sandbox.sends().length });

  const moments: Record<string, number> = {};
  // Open sends must end before the result is checked, also on a slow machine.
  const writing = setInterval(
    () => {
      const expected = traffic.written.reduce((sum, { answers }) => sum + answers.length, 0);
      const got = sandbox.sends().filter(({ recipientId }) => !isGuest(recipientId ?? '')).length;
      if (expected - got >= MOST_OUTSTANDING) return;
      traffic.burst();
      if (desk.waiting() < MOST_DRAFTS) desk.write();
    },
    isWatched ? 100 : 250,
  );
  desk.open(() => program.onCall('CHANGE'));
  const samples = isWatched ? await live(program, lasts, () => report('living', 0)) : [];
  const isOver = (done: number) => isWatched || (done >= kills && Date.now() - began >= lasts);
  const done = await killOften(program, dice, isOver, {
    moments,
    onKill: (n) => report('killing', n),
    beforeLife: () => troubles?.next(),
    hasOperators: desk !== NO_DESK,
  });
  clearInterval(writing);

  weather.calm();
  troubles?.calm();
  desk.finish();
  const excuses: Excuses = {
    oddNoise: isAll,
    elsewhere: new Set(desk.written.map(({ eventId }) => eventId)),
  };
  const settling = Date.now();
  const waiting = await whatWaits(folder);
  if (!isWatched) program.start();
  const ended = () => program.faults.length > 0;
  const expected = [...traffic.written, ...desk.written];
  const broken = await settle(folder, { expected, excuses, ended }, (blocks) => {
    report('settling', done);
    allowLateHolds(waiting, blocks);
  });
  const settled = Date.now();
  await desk.close();
  if (broken.length > 0) broken.push(program.lastWords());
  const code = await program.end();
  if (code !== 0) broken.push(`it ended with ${String(code)} after SIGTERM`);

  const store = readSqlite(join(folder, 'soak.db'), Date.now);
  const verdict = await judge(store, traffic.written, sandbox.sends(), excuses);
  const silent = silentAccounts(waiting, sandbox.sends(), { from: settling, to: settled });
  const people = await desk.judge(store);
  await store.close();
  const faults = [...broken, ...program.faults, ...sandbox.violations];
  const wrong = [
    silent,
    verdict.lost,
    verdict.doubled,
    verdict.unknownForNothing,
    verdict.wrongReason,
    faults,
    people?.wrong ?? [],
  ];
  return {
    ok: wrong.every((each) => each.length === 0),
    seed,
    kills: done,
    moments,
    commits: readCommits(folder),
    memory: memoryFigures(samples),
    seconds: Math.round((Date.now() - began) / SECOND),
    settledInSeconds: Math.round((Date.now() - settling) / SECOND),
    written: traffic.written.length,
    accepted: sandbox.sends().length,
    faults: weather.counts,
    broken: faults,
    ...{ silent, people },
    ...verdict,
  };
}

function readCommits(folder: string): Readonly<Record<string, number>> {
  const file = join(folder, COMMIT_LOG);
  const counts: Record<string, number> = {};
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
    counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

interface KillNotes {
  /** The number of kills by kind of moment. */
  readonly moments: Record<string, number>;
  readonly onKill: (kills: number) => void;
  readonly beforeLife: () => void;
  readonly hasOperators: boolean;
}

async function killOften(
  program: Program,
  dice: Dice,
  isOver: (kills: number) => boolean,
  { moments, onKill, beforeLife, hasOperators }: KillNotes,
): Promise<number> {
  let kills = 0;
  for (; !isOver(kills); kills += 1) {
    const moment = chooseMoment(dice, hasOperators);
    const name = 'method' in moment ? `${moment.method} ${moment.kind}` : moment.kind;
    moments[name] = (moments[name] ?? 0) + 1;
    beforeLife();
    await program.live(moment);
    onKill(kills + 1);
  }
  return kills;
}

/** Lets the program run for the given time, and samples its memory. */
async function live(program: Program, lasts: Millis, onSample: () => void): Promise<number[]> {
  const samples: number[] = [];
  const until = Date.now() + lasts;
  program.start();
  while (Date.now() < until) {
    await wait(Math.min(5 * SECOND, lasts / 50));
    const pid = program.pid();
    const memory = pid === null ? null : residentMemory(pid);
    if (memory !== null) samples.push(memory);
    onSample();
  }
  return samples;
}

interface Waiting {
  readonly account: string;
  readonly accountId: string;
  /** The time by which the account must have sent something; later after a hold that begins meanwhile. */
  by: number;
}

function blocksOf(account: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.filter((block) => block.account === account || block.account === EVERY_ACCOUNT);
}

/** A row that fails late may put an account on hold after the faults have stopped. */
function allowLateHolds(waiting: readonly Waiting[], blocks: readonly Block[]): void {
  for (const each of waiting) {
    each.by = Math.max(each.by, ...blocksOf(each.account, blocks).map(({ probeAt }) => probeAt + HOLD_SLACK));
  }
}

/** Accounts with waiting sends when the faults stop, and the time until which each may be held. */
async function whatWaits(folder: string): Promise<readonly Waiting[]> {
  const store = readSqlite(join(folder, 'soak.db'), Date.now);
  const pending = await store.sends({ states: ['pending'], limit: 100_000 });
  // What waits for guests is stopped when a person writes to them.
  const sends = pending.filter(({ contactId }) => !isGuest(contactId));
  const blocks = await store.blocks();
  await store.close();
  const ids = new Map(DEFAULT_ACCOUNTS.map(({ name, id }) => [name, id]));
  return [...new Set(sends.map(({ account }) => account))].map((account) => {
    const holds = blocksOf(account, blocks);
    const due = sends.filter((send) => send.account === account).map(({ notBefore }) => notBefore);
    const until = Math.max(Date.now(), Math.min(...due), ...holds.map(({ probeAt }) => probeAt));
    return { account, accountId: ids.get(account) ?? '', by: until + HOLD_SLACK };
  });
}

/** An account whose sends all ended before it had to send, such as by read-back of an earlier attempt, is not silent. */
function silentAccounts(
  waiting: readonly Waiting[],
  sends: readonly SandboxSend[],
  calm: { readonly from: number; readonly to: number },
): readonly string[] {
  return waiting.flatMap(({ accountId, by }) => {
    const first = sends.find((send) => send.accountId === accountId && send.at >= calm.from - SECOND);
    if ((first?.at ?? calm.to) <= by) return [];
    const late = first === undefined ? 'nothing' : `first ${first.at - by} ms later`;
    return [`account ${accountId}: should have sent by ${new Date(by).toISOString()}, sent ${late}`];
  });
}

interface Settling {
  readonly expected: readonly ReadMessage[];
  readonly excuses: Excuses;
  /** True if the program ended by itself, so that nothing changes any more. */
  readonly ended: () => boolean;
}

/** Waits until no send is open any more. Returns the sends that are still open after a long time. */
async function settle(
  folder: string,
  { expected, excuses, ended }: Settling,
  onWait: (blocks: readonly Block[]) => void,
): Promise<string[]> {
  const by = Date.now() + SETTLES_WITHIN + (excuses.oddNoise ? LONGEST_HOLD : 0);
  const store = readSqlite(join(folder, 'soak.db'), Date.now);
  try {
    while (!(await isSettled(store, expected, excuses))) {
      if (Date.now() > by || ended()) {
        const { sends, undecided } = await store.summary();
        const missing = (await unread(store, expected, excuses)).slice(0, 5);
        return [`it did not settle: ${JSON.stringify({ sends, undecided, missing })}`];
      }
      onWait(await store.blocks());
      await wait(250);
    }
    return [];
  } finally {
    await store.close();
  }
}
