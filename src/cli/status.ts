import pc from 'picocolors';
import { type Block, BLOCK_FIXES, blockFix, EVERY_ACCOUNT } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { LIMITS } from '../domain/limits.js';
import { REASONS, type Reason } from '../domain/reason.js';
import { plain } from '../domain/terminal.js';
import { isOnly, ONLY_WORKSPACE } from '../domain/workspaces.js';
import { DAY, formatDuration, formatInstant, type Instant } from '../domain/time.js';
import { type BranchFigure, branchResults } from '../domain/split.js';
import type { FunnelFigure } from '../store/ports/contact-views.js';
import type { RulesState } from '../project/reload.js';
import { openStore } from '../store/open.js';
import { StoreError } from '../store/ports/store-error.js';
import { type Overview, overview, waitingOf } from '../server/overview.js';
import { withoutKeys } from '../config/keyless.js';
import { chosen, loadConfigs } from '../config/load.js';
import { sketchStore } from '../config/sketch-store.js';
import { isSchedule } from '../poller/schedule.js';
import { Exit } from './exit.js';
import { printFunnels } from './funnel-text.js';
import { printSplits } from './split-text.js';
import { pauseLine, printTroubled, type Troubled, waitJson } from './troubled-text.js';
import { type Installation, installationOf } from './installation.js';
import { asCalled, print, printJson, sayFindings, withNearPath, withPublicKeys } from './output.js';
import type { CommonOptions } from './project.js';
import type { UnservedWorkspace } from '../store/postgres/installation.js';
import type { HeldEvent, ListedAccount, ReadFailure } from '../store/ports/polls.js';
import type { OpenHandoff, Summary, QueueState } from '../store/ports/owner.js';

/**
 * `status`: shows polls, decisions, the queue with its expected end, and problems; without a name of several workspaces
 * one line for each. If the configuration or the rules of the running program have errors, prints them and exits with 1,
 * after what the store and the running program say.
 */
export async function status(options: CommonOptions): Promise<void> {
  const env = withoutKeys(options.config, process.env);
  const configs = loadConfigs(options.config, env, isSchedule);
  if (options.workspace === undefined && configs.ok && !isOnly(configs)) {
    const { statusOfAll } = await import('./status-of-all.js');
    return statusOfAll(configs, options);
  }
  const loaded = chosen(configs, options.config, options.workspace);
  if (loaded.ok) return showStatus(loaded.value, { options, config: loaded.value, findings: [] });
  const { findings } = loaded;
  sayFindings(findings);
  const isUnknown = findings.some(({ code }) => code === 'which-workspace');
  const place = isUnknown ? null : sketchStore(options.config, env, options.workspace);
  if (place) await showStatus(place, { options, config: null, findings }).catch(ignoreMissing);
  throw new Exit(1);
}

/** The errors of the configuration were printed; a store that does not exist yet adds nothing to them. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof StoreError && error.code === 'missing')) throw error;
}

interface Shown {
  readonly options: CommonOptions;
  /** The configuration; null if it has errors. */
  readonly config: Config | null;
  readonly findings: readonly Finding[];
}

async function showStatus(place: Place, { options, config, findings }: Shown): Promise<void> {
  const store = await openStore(place, 'read', Date.now);
  try {
    const now = Date.now();
    const summary = await store.summary();
    const installation = await installationOf(place, options);
    const funnels = await store.funnelFigures(now - FUNNEL_DAYS * DAY);
    const branches = await store.branchFigures(now - FUNNEL_DAYS * DAY);
    const { failures } = await store.readState();
    const troubled = await store.failures();
    const handoffs = await store.openHandoffs(now - LIMITS.handoffShown, MOST_HANDOFFS);
    const state = { troubled, handoffs, summary, funnels, branches, failures, now };
    const { workspace } = place;
    const own = { ...installation, ...state, place: { ...options, workspace } };
    const view = { ...(await overview(store, config, now)), ...own };
    const mode = config?.mode ?? null;
    const found = config ? {} : { findings: findings.map(withNearPath).map(withPublicKeys) };
    if (options.json) printJson({ mode, workspace, ...toJson(view), ...found });
    else printView(view, mode, workspace);
    if (installation.rules?.problem) throw new Exit(1);
  } finally {
    await store.close();
  }
}

type Place = Pick<Config, 'store' | 'workspace'>;
type Mode = Config['mode'] | null;

/** Period of the funnel figures. */
const FUNNEL_DAYS = 30;
const MOST_HANDOFFS = 100;

interface View extends Overview, Installation {
  /** Sends that wait for a person: failed, or with an unknown outcome. */
  readonly troubled: Troubled;
  /** Contacts whom a rule handed off, and who wait for a human. */
  readonly handoffs: readonly OpenHandoff[];
  readonly summary: Summary;
  readonly funnels: readonly FunnelFigure[];
  readonly branches: readonly BranchFigure[];
  readonly failures: readonly ReadFailure[];
  readonly now: Instant;
  /** Options that commands in the output need. */
  readonly place: Parameters<typeof pauseLine>[1];
}

function printView(view: View, mode: Mode, workspace: string): void {
  const { rules, unserved, summary, queue, held, funnels, branches, emptyAt: end, now } = view;
  const ago = agoAt(now);
  print(`mode     ${mode ?? 'unknown: the configuration has errors'}`);
  if (workspace !== ONLY_WORKSPACE) print(`of       ${plain(workspace)}`);
  printRules(rules, ago);
  printWorkers(view);
  print(
    `events   newest ${summary.newestEventAt === null ? 'none yet' : ago(summary.newestEventAt)}; ${summary.undecided} undecided`,
  );
  printReads(view);
  printHolds(view);
  if (held.length > 0) print(`held     ${plain(heldLine(held))}`);
  print(`queue    ${queueLine(queue, end, now, mode)}`);
  printTroubled(view);
  for (const each of unserved) print(pc.red(`unserved ${plain(unservedLine(each))}`));
  printFunnels(funnels);
  printSplits(branches);
  print('outbox');
  for (const [state, n] of Object.entries(summary.sends)) print(`  ${String(n).padStart(7)}  ${state}`);
  print('reasons');
  const reasons = Object.entries(summary.reasons) as [Reason, number][];
  for (const [reason, n] of reasons.sort((a, b) => b[1] - a[1])) {
    print(`  ${String(n).padStart(7)}  ${reason.padEnd(20)} ${REASONS[reason]}`);
  }
}

const agoAt =
  (now: Instant) =>
  (at: Instant): string =>
    `${formatDuration(Math.max(0, now - at))} ago`;

function printWorkers({ workers, now }: View): void {
  const ago = agoAt(now);
  if (workers?.length === 0) print('workers  none running');
  for (const { name, seenAt } of workers ?? []) print(`worker   ${plain(name)}  heartbeat ${ago(seenAt)}`);
}

/** Lists that were read, and those whose last read failed. */
function printReads({ summary, failures, now }: View): void {
  for (const { stream, polledAt, mark } of summary.streams) {
    print(`stream   ${stream}  read ${agoAt(now)(polledAt)}, up to ${formatInstant(mark)}`);
  }
  for (const { resource, since, error } of failures) {
    const time = formatDuration(Math.max(0, now - since));
    print(pc.red(`unread   ${resource} for ${time}: ${plain(error)}`));
  }
}

/** Pauses, and accounts whose replies wait. */
function printHolds({ summary, blocks, queue, lost, now, place }: View): void {
  for (const pause of summary.pauses) print(asCalled(`paused   ${pauseLine(pause, place)}`));
  for (const block of blocks) print(`blocked  ${plain(blockLine(block, queue, now))}`);
  for (const account of lost) print(pc.red(`lost     ${plain(lostLine(account))}`));
}

function blockLine({ account, cause, detail, since, probeAt }: Block, queue: QueueState, now: Instant) {
  const who = account === EVERY_ACCOUNT ? 'every account' : account;
  const kept = waitingOf(queue, account);
  const next = probeAt > now ? `next try in ${formatDuration(probeAt - now)}` : 'next try with the next send';
  return `${who} for ${formatDuration(Math.max(0, now - since))}: ${detail}; ${blockFix(cause)}; ${kept} kept, ${next}`;
}

function unservedLine({ name, waiting }: UnservedWorkspace): string {
  const sends = waiting === 1 ? '1 send waits' : `${waiting} sends wait`;
  return `workspace ${name}: ${sends}, and no running worker has the workspace in its configuration; add it again, or let the sends expire`;
}

function lostLine({ account, accountId, missingSince, likelyId }: ListedAccount): string {
  const since = missingSince === null ? '' : ` since ${formatInstant(missingSince)}`;
  const fix =
    likelyId === null ? 'connect it again in Blotato' : `it probably came back: set \`id: "${likelyId}"\``;
  return `${account} (id ${accountId}) is not listed by Blotato${since}; ${fix}`;
}

function heldLine(held: readonly HeldEvent[]): string {
  const details = [...new Set(held.map((each) => each.held.detail))];
  const n = held.length === 1 ? '1 message waits' : `${held.length} messages wait`;
  return `${n} undecided: ${details.slice(0, 3).join('; ')}`;
}

function queueLine(queue: QueueState, end: Instant | null, now: Instant, mode: Mode): string {
  const waiting = waitingOf(queue, EVERY_ACCOUNT);
  if (waiting === 0) return 'empty';
  const accounts = [...new Set(queue.waiting.map(({ account }) => account))];
  const each = accounts.map((account) => `${account} ${waitingOf(queue, account)}`).join(', ');
  if (mode === 'shadow') return `${waiting} waiting (${each}); nothing is sent in shadow mode`;
  if (mode === null) return `${waiting} waiting (${each})`;
  if (end === null) return `${waiting} waiting (${each}), all for blocked accounts`;
  return `${waiting} waiting (${each}); empty in ${formatDuration(Math.max(0, end - now))} at the pace of \`throttle\``;
}

/**
 * Converts to JSON with times in ISO 8601, as in `journal --json`. JSON has no infinity: a pause without an
 * end has `until: null`.
 */
function toJson({
  rules,
  workers,
  unserved,
  troubled,
  handoffs,
  summary,
  failures,
  queue,
  blocks,
  lost,
  held,
  funnels,
  branches,
  emptyAt: end,
}: View) {
  const { newestEventAt, streams, pauses, ...counts } = summary;
  return {
    rules: rules && rulesJson(rules),
    workers: workers?.map(({ name, seenAt }) => ({ name, seenAt: formatInstant(seenAt) })) ?? null,
    ...counts,
    funnels,
    splits: branchResults(branches),
    newestEventAt: newestEventAt === null ? null : formatInstant(newestEventAt),
    streams: streams.map(({ stream, mark, polledAt }) => ({
      stream,
      mark: formatInstant(mark),
      polledAt: formatInstant(polledAt),
    })),
    failing: failures.map(({ resource, since, error, isKeyRefused }) => ({
      ...{ list: resource, since: formatInstant(since), error, keyRefused: isKeyRefused },
    })),
    pauses: pauses.map(({ scope, until }) => ({
      scope,
      until: until === Infinity ? null : formatInstant(until),
    })),
    blocked: blocks.map(({ since, probeAt, ...block }) => ({
      ...block,
      meaning: BLOCK_FIXES[block.cause].cause,
      fix: BLOCK_FIXES[block.cause].fix,
      waiting: waitingOf(queue, block.account),
      since: formatInstant(since),
      probeAt: formatInstant(probeAt),
    })),
    lost: lost.map(({ missingSince, ...account }) => ({
      ...account,
      missingSince: missingSince === null ? null : formatInstant(missingSince),
    })),
    held: held.length,
    needPerson: troubled,
    waitForHuman: handoffs.map(waitJson),
    unserved,
    queue: {
      waiting: waitingOf(queue, EVERY_ACCOUNT),
      accounts: Object.fromEntries(queue.waiting.map(({ account }) => [account, waitingOf(queue, account)])),
      emptyAt: end === null ? null : formatInstant(end),
    },
  };
}

function printRules(rules: RulesState | null, ago: (at: Instant) => string): void {
  if (!rules) {
    print('rules    none active: the program does not run');
    return;
  }
  print(`rules    ${rules.rules} active, loaded ${ago(rules.loadedAt)}`);
  if (!rules.problem) return;
  print(pc.red(`         NOT the rules in the files, which have errors since ${ago(rules.problem.since)}:`));
  for (const fault of rules.problem.faults) print(`           ${fault}`);
}

function rulesJson({ rules, loadedAt, problem }: RulesState) {
  const faulty = problem && { since: formatInstant(problem.since), faults: problem.faults };
  return { inForce: rules, loadedAt: formatInstant(loadedAt), problem: faulty };
}
