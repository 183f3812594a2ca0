import { answer } from './actions/answer.js';
import type { Delivered } from './actions/deliver.js';
import { createOutbox } from './actions/outbox.js';
import { type BlotatoClient, blotatoClient } from './blotato/client.js';
import { BlotatoError } from './blotato/errors.js';
import { readThrottle } from './blotato/throttle.js';
import { EVERY_ACCOUNT } from './domain/block.js';
import type { AccountConfig, Config } from './domain/config.js';
import type { Decision } from './domain/decision.js';
import type { InboundEvent, Platform } from './domain/event.js';
import { LIMITS } from './domain/limits.js';
import type { Send } from './domain/send.js';
import { type Clock, type Instant, type Millis, MINUTE, SECOND } from './domain/time.js';
import type { CompiledSet } from './engine/rule-set.js';
import type { Logger } from './log.js';
import { commentSource } from './poller/comments.js';
import { messageSource } from './poller/messages.js';
import { createPace, type Pace } from './poller/pace.js';
import { createSchedule } from './poller/schedule.js';
import { type Stream, turn, type TurnParts } from './poller/turn.js';
import type { Health } from './server/health.js';
import type { Store } from './store/store.js';

/** Who watches the program at work: the log, the demo. */
export interface Observer {
  readonly onDecision?: (event: InboundEvent, decision: Decision) => void;
  readonly onAttempt?: (send: Send, outcome: Delivered) => void;
}

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
/** How soon the list of accounts is asked for again after it could not be read. */
const ASK_USERNAMES_EVERY = 10 * MINUTE;
const COMMENT_PLATFORMS: ReadonlySet<Platform> = new Set(['instagram', 'facebook']);

/** Builds the parts, starts and stops them; the only place that knows all. */
export function createApp(options: AppOptions): App {
  const { config, store, clock } = options;
  const client = blotatoClient({
    ...config.blotato,
    clock,
    ...(options.requestTimeout === undefined ? {} : { timeout: options.requestTimeout }),
    throttle: readThrottle({
      ledger: { countSince: store.callsSince, oldestSince: store.oldestCallSince, record: store.recordCall },
      perMinute: config.throttle.readsPerMinute,
      window: MINUTE + LIMITS.minuteMargin,
      clock,
    }),
  });
  const outbox = outboxOf(options, client);
  const polling = createPolling(options, client, outbox.nudge);
  const isStopped = (): boolean => polling.signal.aborted;
  const forget = () => forgetOld(options);
  const schedules = [
    createSchedule(config.poll.schedule, polling.tick),
    createSchedule(RETENTION_SCHEDULE, forget),
  ];

  return {
    nudge: outbox.nudge,
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
      await polling.turn();
      await outbox.drained(clock() + FOLLOW_FOR);
      await forget();
    },
    async start() {
      // Who was stopped stays so: to begin now would send.
      if (isStopped()) return;
      await outbox.start();
      await polling.tick();
      if (!isStopped()) for (const schedule of schedules) schedule.start();
    },
    async stop() {
      const polled = polling.stop();
      await Promise.all(schedules.map((schedule) => schedule.stop()));
      await outbox.stop(LIMITS.shutdown * 0.8);
      await polled;
      await client.close();
    },
  };
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

interface Polling {
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  /** One turn over all lists. Throws what the store throws; a list that cannot be read is only noted. */
  turn(): Promise<void>;
  /** The same on schedule: what it throws is logged, and the next one goes on. */
  tick(): Promise<void>;
  health(): Health;
  swap(set: CompiledSet): void;
  stop(): Promise<void>;
}

function createPolling(options: AppOptions, client: BlotatoClient, onTurn: () => void): Polling {
  const { clock, logger } = options;
  const stopping = new AbortController();
  const usernames = createUsernames(options, client, stopping.signal);
  const failing = new Set<string>();
  const rules = { inForce: options.set };
  let readAt: Instant | null = null;
  let isKeyRefused = false;
  let turning: Promise<void> = Promise.resolve();
  const parts = turnParts(options, {
    client,
    usernameOf: usernames.of,
    onQueued: onTurn,
    rules,
    signal: stopping.signal,
    onRead(stream, found) {
      failing.delete(stream.source.resource);
      paces.get(stream)?.polled(clock(), found);
    },
    onReadError(stream, error) {
      failing.add(stream.source.resource);
      isKeyRefused ||= error instanceof BlotatoError && error.kind === 'unauthorized';
      logReadError(logger, stream, error);
      paces.get(stream)?.polled(clock(), null);
    },
  });
  const paces = pacesOf(parts.streams, options);

  async function oneTurn(streams: readonly Stream[]): Promise<void> {
    await usernames.learn();
    isKeyRefused = false;
    try {
      await turn({ ...parts, streams });
      if (streams.some((stream) => !failing.has(stream.source.resource))) readAt = clock();
    } finally {
      onTurn();
    }
  }

  return {
    signal: stopping.signal,
    turn() {
      const running = oneTurn(parts.streams);
      turning = running.catch(() => undefined);
      return running;
    },
    tick() {
      const now = clock();
      const due = parts.streams.filter((stream) => paces.get(stream)?.isDue(now));
      if (due.length === 0) return Promise.resolve();
      turning = oneTurn(due).catch((error: unknown) => {
        if (!stopping.signal.aborted)
          logger.error({ err: error }, 'a poll failed; the next one goes on from there');
      });
      return turning;
    },
    health: () => ({ readAt, failing: [...failing], isKeyRefused }),
    swap(set) {
      rules.inForce = set;
    },
    stop() {
      stopping.abort(new Error('stopping'));
      return turning;
    },
  };
}

/** Each list has a route, and so a budget, of its own. */
function pacesOf(streams: readonly Stream[], { config, store }: AppOptions): ReadonlyMap<Stream, Pace> {
  return new Map(
    streams.map((stream) => {
      const route = `GET /v2/${stream.source.resource}`;
      const callsSince = (since: Instant): number => store.callsSince(route, since);
      return [stream, createPace({ readsPerMinute: config.throttle.readsPerMinute, callsSince })];
    }),
  );
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
    onTrouble: (what, error) => logger.error({ err: error }, `${what} failed; it is tried again`),
  });
}

interface TurnContext extends Pick<TurnParts, 'signal' | 'onRead' | 'onReadError'> {
  readonly client: BlotatoClient;
  readonly usernameOf: (accountId: string) => string | null;
  readonly onQueued: () => void;
  /** What `swap` changes. A decision keeps those that it began with. */
  readonly rules: { readonly inForce: CompiledSet };
}

function turnParts(
  { config, store, clock, logger, observer }: AppOptions,
  { client, usernameOf, onQueued, rules, ...context }: TurnContext,
): TurnParts {
  const sourceParts = {
    store,
    client,
    accounts: new Map(config.accounts.map((account) => [account.id, account])),
    usernameOf,
  };
  const platforms = [...new Set(config.accounts.map((account) => account.platform))];
  const commented = platforms.filter((platform) => COMMENT_PLATFORMS.has(platform));
  const streams: Stream[] = [{ source: messageSource(sourceParts), platforms }];
  if (config.poll.comments && commented.length > 0) {
    streams.push({ source: commentSource(sourceParts), platforms: commented });
  }
  const settings = {
    mode: config.mode,
    accounts: byName(config.accounts),
    guards: config.guards,
    optOut: config.guards.optOut,
  };
  return {
    ...context,
    store,
    streams,
    clock,
    settings: config.poll,
    apiNow: () => clock() + client.clockOffset(),
    window: { answers: LIMITS.answerMemory, mode: config.mode },
    answer: (event, facts) => answer(event, facts, rules.inForce, settings),
    onDecision(event, decision) {
      const { id, account, platform } = event;
      const { rule, reason, detail } = decision;
      logger.info({ event: id, account, platform, rule, reason, detail }, 'decided');
      observer?.onDecision?.(event, decision);
      // Not only when all is decided: after a long stop that takes a while.
      if (reason === 'queued') onQueued();
    },
  };
}

function byName(accounts: readonly AccountConfig[]): ReadonlyMap<string, AccountConfig> {
  return new Map(accounts.map((account) => [account.name, account]));
}

/** Usernames tell who wrote a message when nothing else does. Without them it may stay `direction_unknown`. */
function createUsernames({ clock, logger }: AppOptions, client: BlotatoClient, signal: AbortSignal) {
  const usernames = new Map<string, string | null>();
  let askAt: Instant = 0;
  return {
    of: (accountId: string) => usernames.get(accountId) ?? null,
    async learn(): Promise<void> {
      if (usernames.size > 0 || clock() < askAt) return;
      askAt = clock() + ASK_USERNAMES_EVERY;
      try {
        for (const account of await client.accounts(signal)) usernames.set(account.id, account.username);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn(
          { err: error },
          'the list of accounts could not be read; it is tried again in ten minutes',
        );
      }
    },
  };
}

function logAttempt(logger: Logger, send: Send, { end }: Delivered): void {
  const { id, eventId, rule, action, account } = send;
  const level = end.state === 'failed' || end.state === 'unknown_outcome' ? 'error' : 'info';
  const detail = 'detail' in end ? end.detail : end.status;
  logger[level]({ send: id, event: eventId, rule, action, account, state: end.state, detail }, 'attempt');
}

function logReadError(logger: Logger, { source, platforms }: Stream, error: unknown): void {
  const isRefusedKey = error instanceof BlotatoError && error.status === 401;
  const message = isRefusedKey
    ? 'Blotato refused the API key (401); check `blotato.api_key`'
    : 'a list could not be read; the next poll goes on from there';
  logger.error({ resource: source.resource, platforms, err: error }, message);
}
