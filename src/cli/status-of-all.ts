import pc from 'picocolors';
import { type Block, EVERY_ACCOUNT } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import type { Health } from '../domain/health.js';
import { LIMITS } from '../domain/limits.js';
import { plain } from '../domain/terminal.js';
import { formatDuration, formatInstant, type Instant } from '../domain/time.js';
import { WORKER_TIMES } from '../domain/worker-times.js';
import type { CheckedEach } from '../domain/workspaces.js';
import { type Mode } from '../domain/mode.js';
import type { RulesState } from '../project/reload.js';
import { healthOf, isReadLate } from '../server/health.js';
import { waitingOf } from '../server/overview.js';
import type { OwnerStore } from '../store/ports/owner.js';
import type { Reports } from '../store/ports/reports.js';
import type { PgStore } from '../store/postgres/open.js';
import { Exit } from './exit.js';
import { print, printJson, sayFindings } from './output.js';
import type { CommonOptions } from './project.js';

type Configs = Extract<CheckedEach<Config>, { readonly ok: true }>;

/** One workspace of an installation, in one line. */
interface Row {
  readonly workspace: string;
  /** Mode of its configuration; null if that has errors, or if no configuration names it. */
  readonly mode: Mode | null;
  readonly isReady: boolean;
  readonly health: string;
  readonly waiting: number;
  /** Number of sends that wait for a person: failed, or with an unknown outcome. */
  readonly needPerson: number;
  /** Number of contacts whom a rule handed off, and who wait for a human. */
  readonly waitForHuman: number;
  /** Time when a list was last read completely; null if never. */
  readonly readAt: Instant | null;
  /** Errors that keep the rules in its files from being active. */
  readonly faults: readonly string[];
}

/** The part of a row that the store has no data for. */
const NOTHING = {
  isReady: false,
  waiting: 0,
  needPerson: 0,
  waitForHuman: 0,
  readAt: null,
  faults: [],
} as const;

/**
 * `status` without a name where there are several workspaces: one line for each with mode, health, waiting sends, time of
 * the last poll, and the errors of its rules. Exits with 1 if a configuration or rules have errors. Throws StoreError.
 */
export async function statusOfAll({ value, broken }: Configs, options: CommonOptions): Promise<void> {
  const findings = broken.flatMap((each) => each.findings);
  if (findings.length > 0) sayFindings(findings);
  const [first] = value;
  if (first?.store.kind !== 'postgres') throw new Exit(1);
  const { openPostgres } = await import('../store/postgres/open.js');
  const served = await openPostgres(first.store.url, { connections: 1 });
  try {
    const rows = await rowsOf({ value, broken }, served);
    const now = served.time.now();
    if (options.json) for (const row of rows) printJson(toJson(row));
    else printRows(rows, now);
    if (findings.length > 0 || rows.some(({ faults }) => faults.length > 0)) throw new Exit(1);
  } finally {
    await served.close();
  }
}

async function rowsOf(
  { value, broken }: Pick<Configs, 'value' | 'broken'>,
  served: PgStore,
): Promise<readonly Row[]> {
  const { servedWorkspaces, unservedWorkspaces } = await import('../store/postgres/installation.js');
  const running = await servedWorkspaces(served, WORKER_TIMES.heartbeatTimeout);
  const rows: Row[] = [];
  for (const config of value) rows.push(await rowOf(config, served, running.has(config.workspace)));
  for (const { workspace } of broken) rows.push(await brokenRowOf(workspace, served, running.has(workspace)));
  const known = new Set([...running, ...rows.map(({ workspace }) => workspace)]);
  const health = 'in no configuration of a running worker: add it again, or let the sends expire';
  for (const { name, waiting } of await unservedWorkspaces(served, known)) {
    rows.push({ ...NOTHING, workspace: name, mode: null, health, waiting });
  }
  return rows.sort((a, b) => a.workspace.localeCompare(b.workspace));
}

async function rowOf(config: Config, served: PgStore, isServed: boolean): Promise<Row> {
  const { findWorkspace, postgresReports, postgresStore } = await import('../store/postgres/store.js');
  const { rulesStateOf } = await import('../store/postgres/rule-sets.js');
  const { workspace, mode } = config;
  const id = await findWorkspace(served, workspace);
  if (id === null) return { ...NOTHING, workspace, mode, health: 'served from the next start' };
  const { now } = served.time;
  const store = postgresStore(served, { workspace: id, fencingToken: null }, now);
  const state = await rulesStateOf(served, workspace);
  const rules = state === null ? null : (JSON.parse(state) as RulesState);
  const health = await healthOf(config, store, { trouble: null });
  const blocks = await store.blocks();
  const causes = causesOf({ health, isServed, blocks, now: now() });
  const reports = postgresReports(served, id);
  const isPaused = (await reports.pauses()).some(({ scope, until }) => scope === 'all' && until > now());
  return {
    ...{ workspace, mode, readAt: health.readAt, isReady: causes.length === 0 },
    health: [...(isPaused ? ['paused'] : []), ...causes].join(', ') || 'ready',
    ...(await countsOf({ store, reports }, now())),
    faults: rules?.problem?.faults ?? [],
  };
}

/** A workspace whose configuration has errors: workers keep the one that they read before. */
async function brokenRowOf(workspace: string, served: PgStore, isServed: boolean): Promise<Row> {
  const { findWorkspace, postgresReports, postgresStore } = await import('../store/postgres/store.js');
  const row = { ...NOTHING, workspace, mode: null, health: 'its configuration has errors' };
  const id = await findWorkspace(served, workspace);
  if (id === null) return row;
  const store = postgresStore(served, { workspace: id, fencingToken: null }, served.time.now);
  const times = (await store.readState()).polls.map(({ at }) => at);
  return {
    ...{ ...row, ...(await countsOf({ store, reports: postgresReports(served, id) }, served.time.now())) },
    health: `${row.health}; ${isServed ? 'the previous one is active' : 'no worker runs it'}`,
    readAt: times.length === 0 ? null : Math.max(...times),
  };
}

interface Sources {
  readonly store: Pick<OwnerStore, 'queue' | 'failures'>;
  readonly reports: Pick<Reports, 'troubles'>;
}

async function countsOf({ store, reports }: Sources, now: Instant) {
  return {
    waitForHuman: (await reports.troubles(now - LIMITS.handoffShown)).handoffs,
    waiting: waitingOf(await store.queue(now), EVERY_ACCOUNT),
    needPerson: (await store.failures()).reduce((sum, { n }) => sum + n, 0),
  };
}

interface Causes {
  readonly health: Health;
  readonly isServed: boolean;
  readonly blocks: readonly Block[];
  readonly now: Instant;
}

/** Causes for which a workspace does not work as it should. */
function causesOf({ health, isServed, blocks, now }: Causes): readonly string[] {
  return [
    ...(isServed ? [] : ['no worker runs it']),
    ...(health.isKeyRefused ? ['Blotato refuses the key'] : []),
    ...health.failing.map((list) => `cannot read ${list}`),
    ...(health.readAt === null ? ['nothing was read yet'] : []),
    ...(isServed && isReadLate(health, now) ? ['the last poll is too long ago'] : []),
    ...blocks.map(({ account }) => `${account === EVERY_ACCOUNT ? 'everything' : account} blocked`),
  ];
}

function printRows(rows: readonly Row[], now: Instant): void {
  const cells = rows.map(({ workspace, mode, health, readAt, ...row }) => [
    ...[plain(workspace), mode ?? 'unknown', plain(health), waitText(row)],
    readAt === null ? 'never read' : `read ${formatDuration(Math.max(0, now - readAt))} ago`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const [index, row] of cells.entries()) {
    const { faults = [], isReady = false } = rows[index] ?? {};
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const problem =
      faults.length === 0 ? '' : pc.red(`  NOT the rules in the files: ${plain(shown(faults))}`);
    print(`${isReady ? line.trimEnd() : pc.yellow(line.trimEnd())}${problem}`);
  }
}

function waitText({
  waiting,
  needPerson,
  waitForHuman,
}: Pick<Row, 'waiting' | 'needPerson' | 'waitForHuman'>): string {
  const person = needPerson === 0 ? '' : `, ${needPerson} for a person (outbox list)`;
  const contacts = waitForHuman === 1 ? '1 contact' : `${waitForHuman} contacts`;
  return `${waiting} waiting${person}${waitForHuman === 0 ? '' : `, ${contacts} for a human`}`;
}

function shown([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}

function toJson({ isReady, readAt, faults, ...row }: Row): object {
  const at = readAt === null ? null : formatInstant(readAt);
  return { ...row, ready: isReady, readAt: at, faults };
}
