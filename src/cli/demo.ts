import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { type App, createApp } from '../program/app.js';
import { parseConfig } from '../config/load.js';
import type { Calendar } from '../domain/calendar.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { DAY, type Instant, MINUTE, SECOND } from '../domain/time.js';
import { localTime } from '../engine/calendar/zone.js';
import { isSchedule } from '../poller/schedule.js';
import { createLogger } from '../log/logger.js';
import { readRules } from '../project/project.js';
import { type LiveWorkspace, liveWorkspace } from '../project/reload.js';
import type { SandboxAccount } from '../sandbox/rows.js';
import { type Sandbox, startSandbox } from '../sandbox/server.js';
import { personOf } from '../sandbox/say.js';
import { startTraffic } from '../sandbox/traffic.js';
import { createPanels, type Panels } from '../server/panels.js';
import type { HttpServer } from '../server/serve.js';
import { startSites } from '../server/start.js';
import { controlPath, openStore } from '../store/open.js';
import { sqliteReports } from '../store/sqlite/store.js';
import { demoPrinter } from './demo-printer.js';
import { Exit } from './exit.js';
import { say, sayFindings } from './output.js';
import { durationOf, integerOf } from './parse.js';

export interface DemoOptions {
  readonly for?: string;
  readonly seed: string;
  readonly rate: string;
  readonly port: string;
  readonly json?: boolean;
}

/** Maximum delay of a Node timer in milliseconds: 24 days. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** The sandbox's read limit per minute: polling two lists every two seconds uses it fully. */
const POLL_EVERY = '*/2 * * * * *';

/**
 * `demo`: runs the sandbox with generated contacts and the program with the example configuration and rules,
 * and prints what they do. Nothing leaves the machine, and no files remain on it.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const seed = integerOf('--seed', options.seed, 0, 2 ** 31);
  const perMinute = integerOf('--rate', options.rate, 1, 6_000);
  const port = integerOf('--port', options.port, 0, 65_535);
  const length = options.for === undefined ? null : durationOf('--for', options.for);
  const folder = mkdtempSync(join(tmpdir(), 'autoresponder-demo-'));
  // The folder is removed by the exit event, which also fires when a closed pipe (`| head`) ends the process
  // at once.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ queuedFor: 400 });
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  try {
    const config = demoConfig(sandbox, folder);
    await play({
      config,
      sandbox,
      seed,
      perMinute,
      length,
      port,
      json: options.json === true,
      signal: ending.signal,
    });
  } finally {
    await sandbox.close();
  }
}

interface Play {
  readonly config: Config;
  readonly sandbox: Sandbox;
  readonly seed: number;
  readonly perMinute: number;
  readonly length: number | null;
  readonly port: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function play({ config, sandbox, seed, perMinute, length, port, json, signal }: Play): Promise<void> {
  const rules = await readRules(config);
  if (!rules.ok) {
    sayFindings(rules.findings);
    throw new Exit(1, 'the example rules have errors');
  }
  writeHistory(sandbox);
  const printer = demoPrinter({
    json,
    sandbox,
    rules: rules.value.set.written.length,
    folder: config.rulesPath,
    length,
  });
  const store = await openStore(config, 'write', Date.now);
  const logger = createLogger({ level: 'error', pretty: 'auto', secrets: [config.blotato.apiKey] });
  const project = { ...rules.value, config };
  const workspace = liveWorkspace(project, Date.now);
  const panels = createPanels({
    clock: Date.now,
    also: printer,
    play: ({ account, from, text, kind }) => {
      const said = { account, contact: personOf(from), text };
      if (kind === 'message') sandbox.receive(said);
      else sandbox.comment(said);
    },
    sourceOf: async () => ({
      store,
      reports: sqliteReports(controlPath(config) ?? ''),
      trouble: app.trouble,
      nudge: app.nudge,
    }),
  });
  const observer = panels.observer(config.workspace);
  const app: App = createApp({ workspace, store, clock: Date.now, logger, observer });
  const served = await dashboard(workspace, panels, port);
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  try {
    printer.begin(`http://127.0.0.1:${served.port}`);
    await app.start();
    // Generated messages may come late: with this one the first reply comes with the next poll.
    sandbox.receive({
      account: 'shop-ig',
      contact: personOf('Maya Chen'),
      text: 'Hi! How much is the lamp?',
    });
    const traffic = startTraffic(sandbox, { seed, perMinute, signal: ended, rivals: true });
    await wait(Math.min(length ?? LONGEST_WAIT, LONGEST_WAIT), undefined, { signal }).catch(() => undefined);
    over.abort();
    await traffic;
    await app.stop();
    printer.end(await store.summary());
  } finally {
    await served.close();
    await panels.close();
    await store.close();
  }
}

/** Serves on the given port, or on any free port if it is in use. */
async function dashboard(workspace: LiveWorkspace, panels: Panels, port: number): Promise<HttpServer> {
  const at = (wanted: number) =>
    startSites(
      { host: '127.0.0.1', port: wanted, token: null },
      { workspaces: [workspace], panels, clock: Date.now, onError: sayFailure },
    );
  return at(port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return at(0);
    throw error;
  });
}

function sayFailure(path: string, error: unknown): void {
  say(
    `the dashboard could not respond to ${path}: ${error instanceof Error ? error.message : String(error)}`,
  );
}

/** Messages from before the start, to show that they get no reply. */
function writeHistory(sandbox: Sandbox): void {
  const at = Date.now();
  for (const [index, text] of ['what is the price?', 'shipping to Spain?', 'thank you!'].entries()) {
    sandbox.receive({
      account: 'shop-ig',
      contact: { id: `before-${index}`, name: 'Yesterday', username: `before${index}` },
      text,
      at: at - 30 * SECOND - index * SECOND,
    });
  }
}

/**
 * The example configuration in live mode against the sandbox, with the sandbox's accounts on the other
 * platforms added.
 */
function demoConfig(sandbox: Sandbox, folder: string): Config {
  const file = fileURLToPath(new URL('../../config.example.yaml', import.meta.url));
  const parsed = parseConfig(
    readFileSync(file, 'utf8'),
    file,
    { BLOTATO_API_KEY: sandbox.apiKey },
    isSchedule,
  );
  if (!parsed.ok) {
    sayFindings(parsed.findings);
    throw new Exit(1, 'the example configuration has errors');
  }
  const { value } = parsed;
  const named = new Set(value.accounts.map((account) => account.id));
  const others = sandbox.world.accounts.filter((account) => !named.has(account.id)).map(toAccount);
  return {
    ...value,
    mode: 'live',
    blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
    store: { kind: 'sqlite', path: join(folder, 'demo.db') },
    accounts: [...value.accounts, ...others],
    poll: { ...value.poll, schedule: POLL_EVERY },
    calendars: value.calendars.map((calendar) => closingSoon(calendar, Date.now())),
  };
}

/**
 * Changes the hours of today so that the shop closes in two minutes, so that a demo of any hour shows both
 * kinds of replies. Other days stay as they are: the tests of the example rules are about those.
 */
function closingSoon(calendar: Calendar, now: Instant): Calendar {
  const { date, minute } = localTime(calendar.timezone, now);
  const span = { from: 0, to: Math.min(DAY / MINUTE, minute + 2) };
  return { ...calendar, special: { ...calendar.special, [date]: [span] } };
}

function toAccount({ name, id, platform, nativeId }: SandboxAccount): AccountConfig {
  return { name, id, platform, nativeId, pageId: null, disclosure: null, vars: { brand: 'Lumen' } };
}
