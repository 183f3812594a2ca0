import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Instant, type Millis, MINUTE, SECOND } from '../../src/domain/time.js';
import { type SharedSandbox, startSharedSandbox, type Tenant } from '../../src/sandbox/server.js';
import type { TestServer } from '../postgres/server.js';
import { createDice, type Dice } from './dice.js';

const PROGRAM = fileURLToPath(new URL('../../bin/autoresponder.js', import.meta.url));
const WORKERS = 2;
/** Time from the end of one restart to the next. */
const BETWEEN: readonly [least: Millis, most: Millis] = [200, 5 * SECOND];
const WATCHED_AFTER = MINUTE;
/** Interval between messages, chosen so that the replies stay below the sends that a key allows. */
const WRITES_EVERY: Millis = 1.5 * SECOND;
const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n';

export interface RestartsOptions {
  readonly postgres: TestServer;
  readonly restarts: number;
  /** Workspaces to which nobody writes. */
  readonly quiet: number;
  /** Workspaces to which somebody writes all the time. */
  readonly busy: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface RestartsResult {
  readonly seed: number;
  readonly restarts: number;
  readonly workspaces: number;
  /**
   * Time from the last restart to the next read of each workspace, in seconds: the longest, and the median.
   */
  readonly silence: { readonly longest: number; readonly median: number };
  /** The longest time between two reads of a workspace in the minute after the last restart, in seconds. */
  readonly longestGap: number;
  /** Workspaces without a read in the minute after the last restart. */
  readonly silent: readonly string[];
  readonly written: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Lines of the workers' logs that are warnings or errors, by their message. */
  readonly log: Readonly<Record<string, number>>;
}

/**
 * Two built workers serve many quiet and a few busy workspaces while their database crashes and starts again,
 * at random. Measures how long each workspace is not read after the last crash, and whether every contact got
 * one reply.
 */
export async function restartsSoak(options: RestartsOptions): Promise<RestartsResult> {
  const { postgres, restarts, quiet, busy, seed } = options;
  const dice = createDice(seed);
  const names = Array.from({ length: quiet + busy }, (_, n) => `${n < busy ? 'busy' : 'quiet'}-${n}`);
  const api = await startSharedSandbox(names, { limits: null, queuedFor: 50, latency: 20 });
  const reads = followReads(api);
  const folder = mkdtempSync(join(tmpdir(), 'restarts-'));
  const config = join(folder, 'config.yaml');
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(config, configOf(await postgres.database(), api));
  const workers: Worker[] = [];
  try {
    for (let n = 0; n < WORKERS; n += 1) workers.push(startWorker(config));
    const isRead = (): boolean => {
      alive(workers);
      return reads.size === names.length;
    };
    await until('each workspace is read', isRead, 3 * MINUTE);
    const writing = write(
      names.slice(0, busy).map((name) => api.tenants.get(name)!),
      dice,
    );
    for (let done = 1; done <= restarts; done += 1) {
      await wait(dice.whole(...BETWEEN));
      await postgres.restart();
      options.onProgress?.(done);
    }
    const last = Date.now();
    await wait(WATCHED_AFTER);
    writing.end();
    await until('everybody has a reply', () => writing.lost().length === 0, 2 * MINUTE).catch(
      () => undefined,
    );
    const silences = names.map((name) => (reads.get(name)!.find((at) => at > last) ?? Infinity) - last);
    const gaps = names.map((name) => longestGap(reads.get(name)!, last));
    return {
      ...{ seed, restarts, workspaces: names.length, written: writing.written.length },
      silence: { longest: Math.max(...silences) / SECOND, median: median(silences) / SECOND },
      longestGap: Math.max(...gaps) / SECOND,
      silent: names.filter((_, n) => silences[n] === Infinity),
      lost: writing.lost(),
      doubled: writing.doubled(),
      log: count(workers.flatMap(({ lines }) => lines)),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The times at which the messages of each workspace were read. */
function followReads(api: SharedSandbox): Map<string, Instant[]> {
  const reads = new Map<string, Instant[]>();
  for (const [name, tenant] of api.tenants) {
    tenant.fault(({ method, path }) => {
      if (method !== 'GET' || path !== '/v2/messages') return 'none';
      const before = reads.get(name);
      if (before) before.push(Date.now());
      else reads.set(name, [Date.now()]);
      return 'none';
    });
  }
  return reads;
}

function write(tenants: readonly Tenant[], dice: Dice) {
  const written: { readonly tenant: Tenant; readonly contact: string }[] = [];
  const timer = setInterval(() => {
    const tenant = dice.pick(tenants as [Tenant, ...Tenant[]]);
    const contact = `contact-${written.length}`;
    tenant.receive({ account: 'shop-ig', contact, text: 'price?' });
    written.push({ tenant, contact });
  }, WRITES_EVERY);
  const withSends = (isWrong: (n: number) => boolean): string[] =>
    written
      .filter(({ tenant, contact }) =>
        isWrong(tenant.sends().filter(({ recipientId }) => recipientId === contact).length),
      )
      .map(({ contact }) => contact);
  return {
    written,
    end: () => clearInterval(timer),
    lost: () => withSends((n) => n === 0),
    doubled: () => withSends((n) => n > 1),
  };
}

interface Worker {
  readonly lines: readonly string[];
  end(): Promise<void>;
}

/** Throws, with the end of its log, if a worker has ended. */
function alive(workers: readonly Worker[]): void {
  for (const { lines } of workers) {
    if (lines.at(-1)?.startsWith('ended with') === true) throw new Error(lines.slice(-20).join('\n'));
  }
}

function startWorker(config: string): Worker {
  const lines: string[] = [];
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, 'run', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let rest = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const exited = once(child, 'exit').then(([code]) => lines.push(`ended with ${String(code)}`));
  return {
    lines,
    async end() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function configOf(database: string, api: SharedSandbox): string {
  const workspaces = [...api.tenants.keys()].map(
    (name) => `  - name: ${name}
    blotato: { base_url: "${api.url}", api_key: ${name} }
    accounts: [{ name: shop-ig, id: "98434", platform: instagram, native_id: "1784140" }]`,
  );
  return `version: 1
mode: live
store: ${database}
rules: ./rules.yaml
poll: { schedule: "*/5 * * * * *", comments: false }
delivery: { visible_within: 500ms }
log: { level: warn, pretty: false }
workspaces:
${workspaces.join('\n')}
`;
}

async function until(what: string, isTrue: () => boolean, within: Millis): Promise<void> {
  const by = Date.now() + within;
  while (!isTrue()) {
    if (Date.now() > by) throw new Error(`not within ${within} ms: ${what}`);
    await wait(100);
  }
}

function longestGap(reads: readonly Instant[], since: Instant): Millis {
  const after = reads.filter((at) => at > since);
  return Math.max(0, ...after.slice(1).map((at, n) => at - after[n]!));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function count(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const message = /"msg":"(?<text>[^"]*)"/u.exec(line)?.groups?.['text'] ?? line;
    counts[message] = (counts[message] ?? 0) + 1;
  }
  return counts;
}
