import { createOutbox, type Outbox } from '../actions/outbox/outbox.js';
import { createWebhooks, type WebhookWorker } from '../actions/webhook/worker.js';
import {
  type BlotatoClient,
  blotatoClient,
  type ClientMemory,
  createClientMemory,
} from '../blotato/client.js';
import type { Connections } from '../blotato/exchange.js';
import { readThrottle, type ReadThrottle } from '../blotato/throttle.js';
import { EVERY_ACCOUNT } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import { LIMITS } from '../domain/limits.js';
import { type Clock, type Instant, type Millis, MINUTE, SECOND } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import { logAttempt, logEnd } from '../log/sends.js';
import { byName, createPolling } from './polling.js';
import {
  createPollingMemory,
  type PollingMemory,
  type PollingMemoryOptions,
} from '../poller/polling-memory.js';
import { createSchedule, nextTime } from '../poller/schedule.js';
import type { Store } from '../store/store.js';
import type { Observer } from '../domain/observer.js';
import type { Health } from '../domain/health.js';

export interface AppOptions {
  readonly config: Config;
  /** The rules at the start. */
  readonly set: CompiledSet;
  /** Open, for writing. The app does not close it. */
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: Observer;
  /**
   * How long after a 201 to ask for the final status, in milliseconds. The lists of the next polls bring it for free,
   * so a program that keeps polling waits for them. @default 15 seconds
   */
  readonly confirmAfter?: Millis;
  /** For one call of the API. @default LIMITS.requestTimeout */
  readonly requestTimeout?: Millis;
  /** To the API, shared with others, who close them. @default its own */
  readonly connections?: Connections;
  /** Of the turn before. @default nothing is remembered */
  readonly memory?: TurnMemory;
}

/** What turns remember of a workspace from one to the next; lost with the process. */
export interface TurnMemory {
  readonly client: ClientMemory;
  /** Until when routes are held, because the API said so. */
  readonly holds: Map<string, Instant>;
  readonly polling: PollingMemory;
}

export function createTurnMemory(options: PollingMemoryOptions): TurnMemory {
  return { client: createClientMemory(), holds: new Map(), polling: createPollingMemory(options) };
}

export interface App {
  /** Asks the API whether it takes the key. Throws BlotatoError of kind `unauthorized` when it does not. */
  checkKey(): Promise<void>;
  /** Polls once, sends what may be sent now, and follows it for a few seconds. */
  once(): Promise<void>;
  /** Polls on schedule and sends until `stop`. */
  start(): Promise<void>;
  health(): Health;
  /** Puts other rules into force, from the next event on. */
  swap(set: CompiledSet): void;
  /** There may be something new to send: after a command by hand. */
  nudge(): void;
  /** Ends within LIMITS.shutdown milliseconds; what is in flight is finished, or left ambiguous for the next start. */
  stop(): Promise<void>;
}

/** Old texts are deleted once a night. */
const RETENTION_SCHEDULE = '17 3 * * *';
/** `run --once` follows its sends this long. */
const FOLLOW_FOR = 10 * SECOND;

/** Builds the parts, starts and stops them; the only place that knows all. */
export function createApp(options: AppOptions): App {
  const { config, store, clock } = options;
  const throttle = throttleOf(options);
  const client = clientOf(options, throttle);
  const outbox = outboxOf(options, client);
  const webhooks = webhooksOf(options);
  const nudge = (): void => {
    outbox.nudge();
    webhooks.nudge();
  };
  const polling = createPolling(options, { client, throttle, onTurn: nudge });
  const isStopped = (): boolean => polling.signal.aborted;
  const forget = () => forgetOld(options);
  const schedules = [
    createSchedule(config.poll.schedule, async () => {
      await polling.tick();
    }),
    createSchedule(RETENTION_SCHEDULE, forget),
  ];

  return {
    nudge,
    health: polling.health,
    swap: polling.swap,
    checkKey: async () => {
      await client.me(polling.signal);
      // Refused in a former life; the outbox need not wait until it would have asked.
      await store.unblock(EVERY_ACCOUNT);
    },
    async once() {
      if (isStopped()) return;
      await outbox.start();
      webhooks.start();
      await polling.turn();
      await Promise.all([outbox.drained(clock() + FOLLOW_FOR), webhooks.drained()]);
      await forget();
    },
    async start() {
      // Who was stopped stays so: to begin now would send.
      if (isStopped()) return;
      await outbox.start();
      webhooks.start();
      await polling.tick();
      if (!isStopped()) for (const schedule of schedules) schedule.start();
    },
    async stop() {
      const polled = polling.stop();
      await Promise.all(schedules.map((schedule) => schedule.stop()));
      await Promise.all([outbox.stop(LIMITS.shutdown * 0.8), webhooks.stop()]);
      await polled;
      await client.close();
    },
  };
}

/** Turns at the work of a workspace that several programs share: each does what is due, and leaves nothing behind. */
export interface Turns {
  /**
   * Polls what is due, decides, and sends what may be sent now. Returns when there is something to do again. The store
   * must be this program's for as long.
   */
  turn(): Promise<Instant>;
  /** Deletes what is older than `retention`. */
  forget(): Promise<void>;
  health(): Health;
  swap(set: CompiledSet): void;
  close(): Promise<void>;
}

/** Once its sends are confirmed by the lists of later polls, nothing has to be kept between two turns. */
export function createTurns(options: AppOptions): Turns {
  const { clock, store } = options;
  const throttle = throttleOf(options);
  const client = clientOf(options, throttle);
  const memory = options.memory?.polling;
  const polling = createPolling(options, { client, throttle, memory, onTurn: () => sending.nudge() });
  const polled = (): Instant => nextTime(options.config.poll.schedule, options.config.workspace);

  const sending = createSending(options, client);
  return {
    health: polling.health,
    swap: polling.swap,
    forget: () => forgetOld(options),
    async turn() {
      try {
        // What was open goes on before anything new is read.
        const isQuiet = await polling.tick(sending.start);
        // Most turns of most workspaces: nobody wrote, and nothing is on its way.
        if (isQuiet || !(await store.hasOpenWork())) return polled();
        await sending.start();
        sending.nudge();
        return Math.min(polled(), await sending.drained(clock()));
      } finally {
        await sending.stop();
      }
    },
    async close() {
      await polling.stop();
      await client.close();
    },
  };
}

/** Sending within a turn: begun when there is something to send, and over with the turn. */
function createSending(options: AppOptions, client: BlotatoClient) {
  let parts: { readonly outbox: Outbox; readonly webhooks: WebhookWorker } | null = null;
  return {
    async start(): Promise<void> {
      if (parts !== null) return;
      const started = { outbox: outboxOf(options, client), webhooks: webhooksOf(options) };
      await started.outbox.start();
      started.webhooks.start();
      // Not before: what could not be started is started when it is asked for again.
      parts = started;
    },
    nudge(): void {
      parts?.outbox.nudge();
      parts?.webhooks.nudge();
    },
    /** When all is sent that may be sent until then. Returns when there is something to send again. */
    async drained(until: Instant): Promise<Instant> {
      await Promise.all([parts?.outbox.drained(until), parts?.webhooks.drained()]);
      return Math.min(parts?.outbox.nextAt() ?? Infinity, parts?.webhooks.nextAt() ?? Infinity);
    },
    async stop(): Promise<void> {
      const stopped = parts;
      parts = null;
      await Promise.all([stopped?.outbox.stop(LIMITS.requestTimeout), stopped?.webhooks.stop()]);
    },
  };
}

function throttleOf({ config, store, clock, memory }: AppOptions): ReadThrottle {
  return readThrottle({
    ...(memory ? { holds: memory.holds } : {}),
    ledger: {
      countSince: (route, since) => store.callsSince(route, since),
      oldestSince: (route, since) => store.oldestCallSince(route, since),
      record: (route, at) => store.recordCall(route, at),
    },
    perMinute: config.throttle.readsPerMinute,
    window: MINUTE + LIMITS.minuteMargin,
    clock,
  });
}

function clientOf(
  { config, clock, requestTimeout, connections, memory }: AppOptions,
  throttle: ReadThrottle,
): BlotatoClient {
  return blotatoClient({
    ...config.blotato,
    clock,
    throttle,
    connections,
    memory: memory?.client,
    ...(requestTimeout === undefined ? {} : { timeout: requestTimeout }),
  });
}

/** Deletes what is older than `retention`. Never throws: the next night tries again. */
async function forgetOld({ config, store, clock, logger }: AppOptions): Promise<void> {
  try {
    const emptied = await store.forgetBefore(clock() - config.retention);
    if (emptied > 0) logger.info({ events: emptied }, 'texts older than `retention` deleted');
  } catch (error) {
    logger.error(
      { err: error },
      'texts older than `retention` could not be deleted; it is tried again tomorrow',
    );
  }
}

function outboxOf(options: AppOptions, client: BlotatoClient) {
  const {
    config,
    store,
    clock,
    logger,
    observer,
    confirmAfter = 15 * SECOND,
    requestTimeout = LIMITS.requestTimeout,
  } = options;
  return createOutbox({
    store,
    client,
    clock,
    accounts: byName(config.accounts),
    guards: config.guards,
    visibleWithin: config.delivery.visibleWithin,
    requestTimeout,
    confirmAfter,
    ambiguous: config.delivery.ambiguous,
    mode: config.mode,
    concurrency: config.throttle.concurrency,
    budget: {
      perMinute: config.throttle.sendsPerMinute,
      perHourPerAccount: config.throttle.sendsPerHourPerAccount,
    },
    onAttempt(send, outcome) {
      logAttempt(logger, send, outcome);
      observer?.onAttempt?.(send, outcome);
    },
    onEnded(send) {
      logEnd(logger, send);
      observer?.onEnded?.(send);
    },
    onTrouble: (what, error) => logger.error({ err: error }, `${what} failed; it is tried again`),
  });
}

function webhooksOf({ config, store, clock, logger }: AppOptions): WebhookWorker {
  return createWebhooks({
    store,
    clock,
    allowHosts: config.webhooks.allowHosts,
    env: process.env,
    onEnd({ id, eventId, rule, url, attempts }, { state, detail }) {
      const level = state === 'delivered' ? 'info' : state === 'dead' ? 'error' : 'warn';
      const host = new URL(url).host;
      logger[level](
        { webhook: id, event: eventId, rule, host, attempt: attempts + 1, state, detail },
        'webhook',
      );
    },
    onTrouble: (what, error) => logger.error({ err: error }, `${what} failed; it is tried again`),
  });
}
