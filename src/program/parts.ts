import { createOutbox, type Outbox } from '../actions/outbox/outbox.js';
import { createFunnelWorker, type FunnelWorker } from '../actions/work/worker.js';
import { createWebhooks, type WebhookSender } from '../actions/webhook/worker.js';
import { type BlotatoClient, blotatoClient, type ClientMemory } from '../blotato/client.js';
import type { Connections } from '../blotato/exchange.js';
import { readThrottle } from '../blotato/throttle.js';
import { LIMITS } from '../domain/limits.js';
import type { Observer } from '../domain/observer.js';
import { type Clock, type Instant, type Millis, MINUTE, SECOND } from '../domain/time.js';
import type { WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import { logAttempt, logEnd } from '../log/sends.js';
import type { Polling } from '../poller/polling.js';
import type { PollingMemory } from '../poller/polling-memory.js';
import type { Workspace } from '../project/project.js';
import type { Store } from '../store/ports/store.js';
import { byName, pollingOf, settingsOf } from './polling.js';
import { sliceEnd } from './slice.js';

/** Shared options of the parts of a workspace. */
export interface Common {
  /** The workspace, whose rules a reload replaces. */
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: Observer | undefined;
  /**
   * Time after a 201 until the final status is checked, in milliseconds. The lists of the next polls provide
   * it for free, so a program that keeps polling waits for them. @default 15 seconds
   */
  readonly confirmAfter?: Millis | undefined;
  /** Timeout of one request to the API, in milliseconds. @default LIMITS.requestTimeout */
  readonly requestTimeout?: Millis | undefined;
  /** Times of this worker, if it shares the database. @default WORKER_TIMES */
  readonly workerTimes?: WorkerTimes | undefined;
  /** Approximate maximum of one cycle; the rest waits for the next, so that lists are read meanwhile. @default no limit */
  readonly mostPerCycle?: MostPerCycle | undefined;
  /** Shared connections to the API, which the caller closes. @default its own */
  readonly connections?: Connections | undefined;
  /** Time of the scheduler's next poll. */
  readonly nextPoll: () => Instant;
}

/**
 * Limits of one cycle: a cycle decides and sends at least one event, and begins nothing new when a limit is
 * reached.
 */
export interface MostPerCycle {
  readonly decisions: number;
  readonly sends: number;
  /**
   * Maximum time from the first decision or send. A count alone would be no limit: with a slow database a
   * decision takes seconds.
   */
  readonly time: Millis;
}

/** State of a workspace kept between poll cycles; lost with the process. */
export interface Memory {
  readonly client: ClientMemory;
  /** End of the hold of each route, as requested by the API. */
  readonly holds: Map<string, Instant>;
  readonly polling: PollingMemory;
}

/** Parts of a workspace, created for one cycle or for the lifetime of the program. */
export interface Parts {
  readonly store: Store;
  readonly client: BlotatoClient;
  readonly polling: Polling;
  readonly sending: Sending;
}

export function openParts(common: Common, store: Store, memory: Memory): Parts {
  const { workspace, clock, logger, observer, requestTimeout, connections, nextPoll } = common;
  const { config } = workspace;
  const throttle = readThrottle({
    holds: memory.holds,
    ledger: store,
    perMinute: config.throttle.readsPerMinute,
    window: MINUTE + LIMITS.minuteMargin,
    clock,
  });
  const client = blotatoClient({
    ...config.blotato,
    ...{ clock, throttle, connections, memory: memory.client },
    ...(requestTimeout === undefined ? {} : { timeout: requestTimeout }),
  });
  const { readHealth } = memory.polling;
  const isOver = sliceEnd(common.mostPerCycle?.time, clock);
  const onTrouble: OnTrouble = (what, error) => readHealth.troubled(error, retried(what));
  const sending = createSending({ ...common, onTrouble, isOver }, store, client);
  const polling = pollingOf({
    ...{ config, rules: workspace, store, clock, logger, observer, client, throttle, nextPoll },
    memory: memory.polling,
    mostDecided: common.mostPerCycle?.decisions,
    isOver,
    onTurn: sending.nudge,
    sendEarly: sending.early,
  });
  return { store, client, polling, sending };
}

/** Outbox and webhooks, from `start` to `stop`, which is final. */
export interface Sending {
  /** Must not be called after `stop`, since it would send. */
  start(): Promise<void>;
  nudge(): void;
  /** Starts, and lets only the sends of these events leave until the first nudge. */
  early(eventIds: readonly string[]): Promise<void>;
  /** Resolves when everything that may be sent until then is sent, with the time of the next work. */
  drained(until: Instant): Promise<Instant>;
  stop(within: Millis): Promise<void>;
}

interface Started {
  readonly outbox: Outbox;
  readonly webhooks: WebhookSender;
  readonly work: FunnelWorker;
}

function createSending(common: Watched, store: Store, client: BlotatoClient): Sending {
  let parts: Started | null = null;
  let isOver = false;
  // Created by the first start: most cycles send nothing.
  let over: AbortController | null = null;
  const self: Sending = {
    async start() {
      if (parts !== null || isOver) return;
      over ??= new AbortController();
      const outbox = outboxOf(common, store, client);
      const webhooks = webhooksOf(common, store);
      const onQueued = (): void => {
        outbox.nudge();
        webhooks.nudge();
      };
      const started = { outbox, webhooks, work: funnelWorkOf(common, store, onQueued) };
      await started.outbox.start(over.signal);
      if (over.signal.aborted) return;
      started.webhooks.start();
      if (common.workspace.config.mode !== 'shadow') started.work.start();
      // Assigned last: if starting fails, the next call starts again.
      parts = started;
    },
    nudge() {
      parts?.outbox.nudge();
      parts?.webhooks.nudge();
      parts?.work.nudge();
    },
    async early(eventIds) {
      await self.start();
      parts?.outbox.nudge(eventIds);
    },
    async drained(until) {
      // The work of funnels may queue more.
      const worked = async (): Promise<void> => {
        await parts?.work.drained();
        await Promise.all([
          parts?.outbox.drained(Math.max(until, common.clock())),
          parts?.webhooks.drained(),
        ]);
      };
      // Both begin at once: `until` may be now, and an outbox that is asked later would not wait for its sends.
      await Promise.all([parts?.outbox.drained(until), worked()]);
      const next = [parts?.outbox.nextAt(), parts?.webhooks.nextAt(), parts?.work.nextAt()];
      return Math.min(...next.map((at) => at ?? Infinity));
    },
    async stop(within) {
      isOver = true;
      over?.abort();
      const stopped = parts;
      parts = null;
      await Promise.all([stopped?.outbox.stop(within), stopped?.webhooks.stop(), stopped?.work.stop()]);
    },
  };
  return self;
}

function outboxOf(common: Watched, store: Store, client: BlotatoClient): Outbox {
  const { clock, logger, observer, confirmAfter = 15 * SECOND } = common;
  const { accounts, guards, delivery, mode, throttle } = common.workspace.config;
  return createOutbox({
    ...{ store, client, clock, guards, confirmAfter, mode },
    accounts: byName(accounts),
    claimedMost: common.workerTimes?.claimedMost,
    mostAttempts: common.mostPerCycle?.sends,
    isOver: common.isOver,
    visibleWithin: delivery.visibleWithin,
    requestTimeout: common.requestTimeout ?? LIMITS.requestTimeout,
    ambiguous: delivery.ambiguous,
    concurrency: throttle.concurrency,
    budget: { perMinute: throttle.sendsPerMinute, perHourPerAccount: throttle.sendsPerHourPerAccount },
    onAttempt(send, outcome) {
      logAttempt(logger, send, outcome);
      observer?.onAttempt?.(send, outcome);
    },
    onEnded(send) {
      logEnd(logger, send);
      observer?.onEnded?.(send);
    },
    onTrouble: common.onTrouble,
  });
}

function webhooksOf(
  { workspace: { config }, clock, logger, onTrouble, isOver }: Watched,
  store: Store,
): WebhookSender {
  return createWebhooks({
    ...{ store, clock, env: process.env, isOver },
    allowHosts: config.webhooks.allowHosts,
    onEnd({ id, eventId, rule, url, attempts }, { state, detail }) {
      const level = state === 'delivered' ? 'info' : state === 'dead' ? 'error' : 'warn';
      const { host } = new URL(url);
      logger[level](
        { webhook: id, event: eventId, rule, host, attempt: attempts + 1, state, detail },
        'webhook attempted',
      );
    },
    onTrouble,
  });
}

function funnelWorkOf(
  { workspace, clock, logger, onTrouble, isOver }: Watched,
  store: Store,
  onQueued: () => void,
): FunnelWorker {
  const { config } = workspace;
  return createFunnelWorker({
    ...{ store, clock, env: process.env, isOver },
    allowHosts: config.webhooks.allowHosts,
    set: () => workspace.set,
    settings: settingsOf(config),
    onDone({ run, event }, { reason, detail }) {
      logger.info({ event: event.id, rule: run.rule, reason, detail }, 'work of a funnel done');
      onQueued();
    },
    onTrouble,
  });
}

type OnTrouble = (what: string, error: unknown) => void;

interface Watched extends Common {
  readonly onTrouble: OnTrouble;
  readonly isOver: () => boolean;
}

/** The log message for a failure that will be retried. */
export function retried(what: string): string {
  return `${what} failed; will retry`;
}
