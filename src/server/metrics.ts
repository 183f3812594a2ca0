import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { EVERY_ACCOUNT } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import type { Reason } from '../domain/reason.js';
import { DAY, SECOND } from '../domain/time.js';
import type { FunnelFigure } from '../store/ports/contact-views.js';
import { isReadLate } from './health.js';
import { type CachedAggregate, cachedAggregate } from './cached-aggregate.js';
import { overview, waitingOf } from './overview.js';
import type { Panel } from './panel.js';
import type { Count, OwnerStore } from '../store/ports/owner.js';

/** Metrics for Prometheus. Labels have few values: configured accounts, and closed lists. */
export interface Metrics {
  /** Returns the metrics in Prometheus' text format. */
  readonly text: (panel: Omit<Panel, 'reports'>) => Promise<string>;
  readonly contentType: string;
}

const PREFIX = 'autoresponder_';

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let isAsked = false;
  const setCounters = counters(registers);
  const set = gauges(registers);

  return {
    contentType: registry.contentType,
    text: async (panel) => {
      // The default process metrics need a timer, which is started only if metrics are requested.
      if (!isAsked) collectDefaultMetrics({ register: registry });
      isAsked = true;
      await set(panel);
      setCounters(await panel.store.counts());
      return registry.metrics();
    },
  };
}

/**
 * Registers the counters. They are read from the store at each request, so that every worker reports the same
 * totals, also after a restart.
 */
function counters(registers: Registry[]): (counts: readonly Count[]) => void {
  const decided = new Counter({
    name: `${PREFIX}decisions_total`,
    help: 'Messages and comments decided, by reason.',
    labelNames: ['kind', 'platform', 'account', 'reason'],
    registers,
  });
  const attempts = new Counter({
    name: `${PREFIX}attempts_total`,
    help: 'Attempts to send, by the resulting state of the send.',
    labelNames: ['action', 'platform', 'account', 'state'],
    registers,
  });
  return (counts) => {
    decided.reset();
    attempts.reset();
    for (const { metric, subject, platform, account, result, n } of counts) {
      if (metric === 'decision') decided.inc({ kind: subject, platform, account, reason: result }, n);
      else attempts.inc({ action: subject, platform, account, state: result }, n);
    }
  };
}

/** Registers the gauges, which are set at each request. */
function gauges(registers: Registry[]): (panel: Omit<Panel, 'reports'>) => Promise<void> {
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers });
  const queue = gauge('queue_sends', 'Sends that wait, by account.', ['account']);
  const blocked = gauge('account_blocked', '1 while Blotato refuses to send for the account.', ['account']);
  const live = gauge('live', '1 in live mode, 0 in shadow.');
  const read = gauge('last_read_timestamp_seconds', 'Time when a list was last read completely; 0 if never.');
  const late = gauge('reading_late', '1 while nothing was read for longer than `poll.schedule` explains.');
  const setFailures = failureGauge(gauge);
  const failing = gauge('lists_failing', 'Lists whose last poll failed.');
  const setFunnels = funnelGauge(gauge);
  let funnels: CachedAggregate<readonly FunnelFigure[]> | null = null;
  const rules = gauge('rules', 'Active rules.');
  const broken = gauge(
    'rules_broken',
    '1 while changed rule files have errors and the previous rules stay active.',
  );

  return async ({ config, store, clock, health, rules: state }) => {
    const look = await overview(store, config, clock());
    for (const { name: account } of config.accounts) {
      const isBlocked = look.blocks.some(
        (each) => each.account === account || each.account === EVERY_ACCOUNT,
      );
      queue.set({ account }, waitingOf(look.queue, account));
      blocked.set({ account }, isBlocked ? 1 : 0);
    }
    const condition = await health();
    const { readAt, failing: lists } = condition;
    setFailures(config, await store.failures());
    late.set(isReadLate(condition, clock()) ? 1 : 0);
    live.set(config.mode === 'shadow' ? 0 : 1);
    read.set((readAt ?? 0) / SECOND);
    failing.set(lists.length);
    rules.set(state().rules);
    broken.set(state().problem ? 1 : 0);
    funnels ??= cachedAggregate(() => store.funnelFigures(clock() - FUNNEL_DAYS * DAY));
    setFunnels(await funnels.get());
  };
}

/**
 * The counter is read from the store, so that it includes results from lists, from other workers, and from
 * before the start.
 */
function failureGauge(gauge: MakeGauge): (config: Config, failures: Failures) => void {
  const failed = gauge(
    'failed_sends',
    'Sends that failed or whose outcome is unknown, and that were neither retried nor discarded.',
    ['account', 'reason'],
  );
  return ({ accounts }, failures) => {
    failed.reset();
    // The counters are set to 0 from the start, so that an increase is visible.
    for (const { name: account } of accounts) {
      for (const reason of ALWAYS_SHOWN) failed.set({ account, reason }, 0);
    }
    const known = new Set(accounts.map(({ name }) => name));
    for (const { account, reason, n } of failures) if (known.has(account)) failed.set({ account, reason }, n);
  };
}

const ALWAYS_SHOWN: readonly Reason[] = ['failed', 'unknown_outcome', 'private_reply_used'];
type Failures = Awaited<ReturnType<OwnerStore['failures']>>;
type MakeGauge = (name: string, help: string, labelNames: readonly string[]) => Gauge;

const FUNNEL_DAYS = 30;
/** Limits the number of labels: further funnels are left out. */
const MOST_FUNNELS = 100;

function funnelGauge(gauge: MakeGauge): (figures: readonly FunnelFigure[]) => void {
  const contacts = gauge(
    'funnel_contacts',
    `Contacts who came into a funnel in the last ${FUNNEL_DAYS} days, by the stage reached.`,
    ['funnel', 'stage'],
  );
  return (figures) => {
    contacts.reset();
    const shown = new Set([...new Set(figures.map(({ rule }) => rule))].slice(0, MOST_FUNNELS));
    for (const { rule: funnel, ...counts } of figures) {
      if (!shown.has(funnel)) continue;
      for (const stage of ['reached', 'sent', 'answered', 'completed', 'open'] as const) {
        contacts.inc({ funnel, stage }, counts[stage]);
      }
      contacts.inc({ funnel, stage: 'refused' }, counts.outcomes.refused ?? 0);
    }
  };
}
