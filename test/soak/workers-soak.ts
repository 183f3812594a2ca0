import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HOUR, type Millis, MINUTE, SECOND } from '../../src/domain/time.js';
import type { WorkerTimes } from '../../src/domain/worker-times.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { openPostgres } from '../../src/store/postgres/open.js';
import { findWorkspace, postgresStore } from '../../src/store/postgres/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { createDice, type Dice } from './dice.js';
import { isSettled, judge, type Verdict } from './judge.js';
import { startMailServer } from './mail.js';
import { createTraffic, RULES, type Traffic } from './traffic.js';
import { createWeather, type Weather } from './weather.js';
import { marksOf } from '../store/known.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const REFUSES_CLOCK = 'StoreError: the clock of this worker is';
const RESTART_AFTER = 500;
const WRONG_CLOCK = here('../../scripts/wrong-clock.mjs');
/** Calls for a human, of which the owner is notified. */
const HANDOFF = '  - { id: human, on: message, keywords: [human], handoff: wants a human }\n';
const WORKERS = 3;
const WORKSPACES = ['bakery', 'florist'];

/** Timing of the soak: disruptions, and the heartbeats of the workers. */
export interface Pace {
  /** Arguments for Node, before those of the command. */
  readonly program: readonly string[];
  /** Shortest and longest time for which a worker is frozen or cut off; both exceed the heartbeat timeout. */
  readonly away: readonly [least: Millis, most: Millis];
  /** Shortest and longest time between two disruptions of one worker. */
  readonly between: readonly [least: Millis, most: Millis];
}

export const FULL_PACE: Pace = {
  program: [here('../../bin/autoresponder.js')],
  away: [17 * SECOND, 22 * SECOND],
  between: [500, 3 * SECOND],
};
const QUICK_TIMES: WorkerTimes = { heartbeat: 400, heartbeatTimeout: 2_000, claimedMost: 1_000 };
/**
 * Timing about ten times faster than in production: a soak mostly waits for heartbeat timeouts, and its
 * result does not depend on their length.
 */
export const QUICK_PACE: Pace = {
  program: ['--input-type=module', '--eval', runWith(QUICK_TIMES)],
  away: [2_500, 3_500],
  between: [500, SECOND],
};

/** The built `run --config FILE`, with heartbeat times that its options do not allow. */
function runWith(times: WorkerTimes): string {
  const built = pathToFileURL(here('../../dist/cli/run.js')).href;
  return `import { run } from '${built}'; await run({ config: process.argv.at(-1) }, ${JSON.stringify(times)});`;
}

const SETTLES_WITHIN = 4 * MINUTE;
const MOST_OUTSTANDING = 100;

/**
 * `clock`: a worker's clock jumps, and jumps back. `hang`: the API of a workspace does not respond.
 * `restart`: the database restarts as after a crash.
 */
export const DISRUPTIONS = ['kill', 'freeze', 'cut', 'blackhole', 'clock', 'hang', 'restart'] as const;
export type Disruption = (typeof DISRUPTIONS)[number];

export interface WorkersSoakResult {
  readonly ok: boolean;
  readonly seed: number;
  readonly disruptions: Readonly<Record<string, number>>;
  readonly written: number;
  readonly accepted: number;
  readonly seconds: number;
  /** The longest time in seconds without a call to the API of a workspace. */
  readonly longestSilence: number;
  /** The longest times without a poll, with the disruptions that lasted meanwhile. */
  readonly silences: readonly Silence[];
  /** Notices to the owners that the mail server accepted. */
  readonly mails: number;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly broken: readonly string[];
}

/**
 * Three built programs share a database with two workspaces, while API calls fail. They are killed, frozen
 * until their jobs are reassigned, and cut off from the database. Then they may finish, and each workspace is
 * checked like a single program.
 */
export async function workersSoak({
  disruptions,
  seed,
  database,
  restart,
  pace,
  onProgress,
}: {
  readonly disruptions: number;
  readonly seed: number;
  readonly pace: Pace;
  /** The address of an empty database. */
  readonly database: string;
  /** Restarts the database; null: it is never restarted. */
  readonly restart: (() => Promise<void>) | null;
  readonly onProgress?: (done: number) => void;
}): Promise<WorkersSoakResult> {
  const began = Date.now();
  const dice = createDice(seed);
  const folder = mkdtempSync(join(tmpdir(), 'workers-'));
  const shops: Shop[] = [];
  for (const name of WORKSPACES) shops.push(await openShop(name, dice));
  writeFileSync(join(folder, 'rules.yaml'), RULES + HANDOFF);
  const mail = await startMailServer();
  const workers: Worker[] = [];
  for (let n = 0; n < WORKERS; n += 1)
    workers.push(await createWorker(folder, { n, database, shops, pace, mail: mail.url }));
  const served = await openPostgres(database, { connections: 2 });
  try {
    for (const worker of workers) worker.start();
    const stores = await firstReads(shops, served);
    for (const shop of shops) shop.begin();
    const diary: Disrupted[] = [];
    const counts = await disrupt(workers, dice, { disruptions, pace, onProgress, shops, restart, diary });
    for (const shop of shops) shop.calm();
    const broken = await settle(shops, stores);
    for (const worker of workers) broken.push(...(await worker.end()));
    const verdicts: Record<string, Verdict> = {};
    for (const { name, traffic, sandbox } of shops)
      verdicts[name] = withoutHandoffs(await judge(stores.get(name)!, traffic.written, sandbox.sends()));
    const wrong = Object.values(verdicts).flatMap(({ lost, doubled, unknownForNothing, wrongReason }) => [
      ...[...lost, ...doubled, ...unknownForNothing, ...wrongReason],
    ]);
    return {
      ok: wrong.length === 0 && broken.length === 0,
      seed,
      disruptions: counts,
      written: shops.reduce((sum, { traffic }) => sum + traffic.written.length, 0),
      accepted: shops.reduce((sum, { sandbox }) => sum + sandbox.sends().length, 0),
      seconds: Math.round((Date.now() - began) / SECOND),
      longestSilence: Math.max(0, ...shops.flatMap(({ silences }) => silences).map(lengthOf)) / SECOND,
      silences: longestOf(shops, diary, began),
      mails: mail.mails(),
      verdicts,
      broken: [...broken, ...shops.flatMap(({ sandbox }) => sandbox.violations)],
    };
  } finally {
    for (const shop of shops) await shop.close();
    for (const worker of workers) await worker.gone();
    await served.close();
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A time without a call to the API of a workspace, and the disruptions that lasted meanwhile. */
export interface Silence {
  readonly workspace: string;
  readonly seconds: number;
  /** Seconds since the start of the soak. */
  readonly at: number;
  readonly during: readonly string[];
}

/** A disruption, with the number of its worker or the name of its workspace. */
interface Disrupted {
  readonly what: Disruption;
  readonly whom: string;
  readonly from: number;
  until: number;
}

type Gap = readonly [from: number, until: number];

const SILENCES_SHOWN = 5;

function lengthOf([from, until]: Gap): Millis {
  return until - from;
}

function longestOf(shops: readonly Shop[], diary: readonly Disrupted[], began: number): readonly Silence[] {
  const seconds = (time: Millis): number => Math.round(time / 100) / 10;
  return shops
    .flatMap(({ name, silences }) => silences.map((gap) => ({ name, gap })))
    .toSorted((a, b) => lengthOf(b.gap) - lengthOf(a.gap))
    .slice(0, SILENCES_SHOWN)
    .map(({ name, gap: [from, until] }) => ({
      workspace: name,
      seconds: seconds(until - from),
      at: seconds(from - began),
      during: diary
        .filter((each) => each.from < until && each.until > from)
        .map((each) => {
          const [start, end] = [each.from, each.until].map((at) => seconds(at - from));
          return `${each.what} ${each.whom} ${start}..${end}`;
        }),
    }));
}

/** Leaves out handoffs to a human, which rightly get no reply. */
function withoutHandoffs(verdict: Verdict): Verdict {
  return { ...verdict, wrongReason: verdict.wrongReason.filter((each) => !each.includes('acted by human')) };
}

/**
 * Kills the worker that holds the lease during a poll cycle, and measures the time until another acquires it, in
 * milliseconds.
 */
export async function takeoverTime(database: string, pace: Pace): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'takeover-'));
  const shop = await openShop('bakery', createDice(1));
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  const workers = new Map<number, Worker>();
  for (let n = 0; n < 2; n += 1) {
    const worker = await createWorker(folder, { n, database, shops: [shop], pace });
    worker.start();
    workers.set(worker.pid() ?? 0, worker);
  }
  const served = await openPostgres(database, { connections: 2 });
  const owner = async () => {
    const { rows } = await served.pool.query<{ owner: string; epoch: number }>(
      'select owner, epoch from autoresponder.workspaces',
    );
    return rows[0]!;
  };
  try {
    await firstReads([shop], served);
    const called = new Promise<void>((resolve) =>
      shop.sandbox.fault(({ method }) => {
        if (method === 'GET') resolve();
        return 'hang';
      }),
    );
    await called;
    const before = await owner();
    const victim = workers.get(Number(/-(\d+)-[0-9a-f]{8}$/u.exec(before.owner)?.[1]));
    shop.sandbox.fault(null);
    const killedAt = Date.now();
    await victim!.kill();
    while ((await owner()).epoch === before.epoch) await wait(50);
    return Date.now() - killedAt;
  } finally {
    await shop.close();
    for (const worker of workers.values()) await worker.gone();
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A workspace with its sandbox, its faults and its contacts. */
interface Shop {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly traffic: Traffic;
  /** Starts messages and faults. */
  begin(): void;
  /** Makes the API hang for the given time, which is excluded from the longest time without a poll. */
  hang(time: Millis): Promise<void>;
  /** Ends messages and faults. */
  calm(): void;
  /** Times of at least a second without a call. */
  readonly silences: readonly Gap[];
  close(): Promise<void>;
}

async function openShop(name: string, dice: Dice): Promise<Shop> {
  const sandbox = await startSandbox({
    apiKey: `key-of-${name}`,
    limits: null,
    queuedFor: 60,
    visibleAfter: 150,
  });
  const traffic = createTraffic(sandbox, dice);
  const weather: Weather = createWeather(dice);
  let writing: NodeJS.Timeout | undefined;
  let calledAt: number | null = null;
  const silences: Gap[] = [];
  let hangs = 0;
  const listen =
    (calls: Weather['hook']): Weather['hook'] =>
    (request) => {
      if (hangs > 0) return 'hang';
      const now = Date.now();
      if (calledAt !== null && now - calledAt >= SECOND) silences.push([calledAt, now]);
      calledAt = now;
      return calls(request);
    };
  return {
    name,
    sandbox,
    traffic,
    begin() {
      sandbox.fault(listen(weather.hook));
      let people = 0;
      writing = setInterval(() => {
        if ((people += 1) % 25 === 0)
          sandbox.receive({ account: 'shop-ig', contact: `lost-${people}`, text: 'human' });
        const expected = traffic.written.reduce((sum, { answers }) => sum + answers.length, 0);
        if (expected - sandbox.sends().length < MOST_OUTSTANDING) traffic.burst();
      }, 400);
    },
    async hang(time) {
      hangs += 1;
      await wait(time);
      hangs -= 1;
      calledAt = null;
    },
    calm() {
      clearInterval(writing);
      weather.calm();
    },
    silences,
    async close() {
      clearInterval(writing);
      await sandbox.close();
    },
  };
}

function configOf(database: string, shops: readonly Shop[], mail: string | undefined): string {
  return `
version: 1
mode: live
store: ${database}
rules: ./rules.yaml
poll: { schedule: "* * * * * *" }
throttle: { sends_per_minute: 10000, reads_per_minute: 10000, per_account: { sends_per_hour: 100000 } }
delivery: { visible_within: 500ms }
guards: { per_contact: { replies: 10000, per: 30d }, loop_breaker: false, opt_out: false }
log: { level: warn, pretty: false }
${mail === undefined ? '' : `notify: { digest: 5s, email: { smtp: "${mail}", from: bot@mail.example, to: [owner@mail.example] } }`}
workspaces:${shops
    .map(
      ({ name, sandbox }) => `
  - name: ${name}
    blotato: { base_url: "${sandbox.url}", api_key: ${sandbox.apiKey} }
    accounts:
      - { name: shop-ig, id: "98434", platform: instagram, native_id: "1784140" }
      - { name: shop-fb, id: "43538", platform: facebook, page_id: "1288852254291983" }
      - { name: shop-x, id: "51207", platform: twitter, native_id: "1500000000000000043" }`,
    )
    .join('')}
`;
}

interface Worker {
  start(): void;
  pid(): number | undefined;
  kill(): Promise<void>;
  /** Applies the disruption, and ends it after a while. */
  suffer(what: Exclude<Disruption, 'hang' | 'restart'>, away: number): Promise<void>;
  /** Stops the worker, and returns its errors. */
  end(): Promise<string[]>;
  /** Kills the worker in any state. */
  gone(): Promise<void>;
}

interface WorkerParts {
  readonly n: number;
  readonly database: string;
  readonly shops: readonly Shop[];
  readonly pace: Pace;
  /** @default no notifications */
  readonly mail?: string;
}

async function createWorker(
  folder: string,
  { n, database, shops, pace, mail }: WorkerParts,
): Promise<Worker> {
  const relay = await openRelay(database);
  const config = join(folder, `config-${n}.yaml`);
  writeFileSync(config, configOf(relay.url, shops, mail));
  const clock = join(folder, `clock-${n}`);
  writeFileSync(clock, '0');
  let child: ChildProcess | null = null;
  let words = '';
  const faults: string[] = [];
  let isMeant = false;

  const start = (): void => {
    isMeant = false;
    words = '';
    const command = ['--import', WRONG_CLOCK, ...pace.program, 'run', '--config', config];
    const started = spawn(process.execPath, command, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, WRONG_CLOCK: clock },
    });
    started.stderr.on('data', (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-4_000)));
    let isFault = false;
    started.once('exit', () => {
      child = null;
      isFault = !isMeant;
    });
    // On `close` the whole output of the worker has been read.
    started.once('close', (code, signal) => {
      if (!isFault) return;
      // A disruption may hit a worker that is still starting. With a wrong clock it refuses to start, and is started
      // again.
      if (words.includes(REFUSES_CLOCK))
        setTimeout(() => child === null && !isMeant && start(), RESTART_AFTER);
      else faults.push(`worker ${n} ended by itself (${String(code ?? signal)}): ${words}`);
    });
    child = started;
  };
  const kill = async (): Promise<void> => {
    isMeant = true;
    const exited = child ? once(child, 'exit') : null;
    child?.kill('SIGKILL');
    await exited;
  };
  return {
    start,
    kill,
    pid: () => child?.pid,
    async suffer(what, away) {
      if (what === 'kill') {
        await kill();
        await wait(away / 4);
        start();
        return;
      }
      if (what === 'freeze') child?.kill('SIGSTOP');
      else if (what === 'clock') writeFileSync(clock, String(away % 2 === 0 ? HOUR : -HOUR));
      else relay.cut(what);
      await wait(away);
      if (what === 'freeze') child?.kill('SIGCONT');
      else if (what === 'clock') writeFileSync(clock, '0');
      else relay.heal();
    },
    async end() {
      isMeant = true;
      const ending = child;
      if (ending) {
        const exited = once(ending, 'exit');
        ending.kill('SIGTERM');
        const [code] = (await exited) as [number | null];
        if (code !== 0) faults.push(`worker ${n} ended with ${String(code)} after SIGTERM: ${words}`);
      }
      return faults;
    },
    async gone() {
      isMeant = true;
      child?.kill('SIGKILL');
      await relay.close();
    },
  };
}

interface Relay {
  readonly url: string;
  /**
   * `cut`: existing connections are closed and new ones refused. `blackhole`: connections stay open, but nothing passes
   * until the end of the disruption.
   */
  cut(how: 'cut' | 'blackhole'): void;
  heal(): void;
  close(): Promise<void>;
}

/** A proxy between a worker and the database. */
async function openRelay(database: string): Promise<Relay> {
  const target = new URL(database);
  let state: 'open' | 'cut' | 'blackhole' = 'open';
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    if (state === 'blackhole') [near, far].forEach((socket) => socket.pause());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut(how) {
      state = how;
      for (const socket of sockets) {
        if (how === 'cut') socket.destroy();
        else socket.pause();
      }
    },
    heal() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Messages from before the first poll get no reply, so people write after it. */
async function firstReads(
  shops: readonly Shop[],
  served: Awaited<ReturnType<typeof openPostgres>>,
): Promise<ReadonlyMap<string, Store>> {
  const by = Date.now() + MINUTE;
  const stores = new Map<string, Store>();
  for (const { name } of shops) {
    for (;;) {
      if (Date.now() > by) throw new Error(`nobody reads for ${name}`);
      await wait(100);
      const workspace = await findWorkspace(served, name);
      if (workspace === null) continue;
      const store = postgresStore(served, { workspace, fencingToken: null }, Date.now);
      stores.set(name, store);
      const read = [await marksOf(store, 'messages'), await marksOf(store, 'comments')];
      if (read.every(({ size }) => size > 0)) break;
    }
  }
  return stores;
}

/** Disrupts each worker again and again; one of them is always undisturbed. */
async function disrupt(
  workers: readonly Worker[],
  dice: Dice,
  {
    disruptions,
    pace,
    onProgress,
    shops,
    restart,
    diary,
  }: {
    disruptions: number;
    pace: Pace;
    onProgress: ((done: number) => void) | undefined;
    shops: readonly Shop[];
    restart: (() => Promise<void>) | null;
    /** Receives each disruption. */
    diary: Disrupted[];
  },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const kinds = DISRUPTIONS.filter((each) => each !== 'restart' || restart !== null);
  const plan = Array.from({ length: disruptions }, (_, n) => kinds[n % kinds.length]!);
  const free = [...workers];
  let done = 0;
  const suffer = async (): Promise<void> => {
    for (let what = plan.shift(); what !== undefined; what = plan.shift()) {
      counts[what] = (counts[what] ?? 0) + 1;
      await wait(dice.whole(...pace.between));
      const note = (whom: string): Disrupted => {
        const noted = { what, whom, from: Date.now(), until: Infinity };
        diary.push(noted);
        return noted;
      };
      if (what === 'restart') {
        const noted = note('database');
        await restart?.();
        noted.until = Date.now();
      } else if (what === 'hang') {
        const shop = shops[dice.whole(0, shops.length - 1)]!;
        const noted = note(shop.name);
        await shop.hang(dice.whole(...pace.away));
        noted.until = Date.now();
      } else {
        const [worker] = free.splice(dice.whole(0, free.length - 1), 1);
        const noted = note(String(workers.indexOf(worker!)));
        await worker!.suffer(what, dice.whole(...pace.away));
        free.push(worker!);
        noted.until = Date.now();
      }
      onProgress?.((done += 1));
    }
  };
  await Promise.all([suffer(), suffer()]);
  return counts;
}

async function settle(shops: readonly Shop[], stores: ReadonlyMap<string, Store>): Promise<string[]> {
  const by = Date.now() + SETTLES_WITHIN;
  for (const { name, traffic } of shops) {
    const store = stores.get(name)!;
    while (!(await isSettled(store, traffic.written))) {
      if (Date.now() > by) {
        const { sends, undecided } = await store.summary();
        return [`${name} did not settle: ${JSON.stringify({ sends, undecided })}`];
      }
      await wait(250);
    }
  }
  return [];
}
