import { answer } from './actions/answer.js';
import type { BlotatoClient } from './blotato/client.js';
import { BlotatoError } from './blotato/errors.js';
import type { AccountConfig, Config } from './domain/config.js';
import type { Decision } from './domain/decision.js';
import type { InboundEvent, Platform } from './domain/event.js';
import { LIMITS } from './domain/limits.js';
import { NEXT_POST } from './domain/rule.js';
import { type Clock, type Instant, MINUTE } from './domain/time.js';
import type { CompiledSet } from './engine/rule-set.js';
import { expireRuns } from './expire-runs.js';
import type { Logger } from './log.js';
import { commentSource } from './poller/comments.js';
import { messageSource } from './poller/messages.js';
import { createPace, type Pace } from './poller/pace.js';
import { type Stream, turn, type TurnParts } from './poller/turn.js';
import type { Health } from './server/health.js';
import type { Store } from './store/store.js';

/** How soon the list of accounts is asked for again after it could not be read. */
const ASK_USERNAMES_EVERY = 10 * MINUTE;
const COMMENT_PLATFORMS: ReadonlySet<Platform> = new Set(['instagram', 'facebook']);

export interface PollingOptions {
  readonly config: Config;
  /** The rules at the start. */
  readonly set: CompiledSet;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: { readonly onDecision?: (event: InboundEvent, decision: Decision) => void };
}

const POLL_FAILED = 'a poll failed; the next one goes on from there';

/** Reads and decides, on schedule or when asked. */
export interface Polling {
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  /** One turn over all lists. Throws what the store throws; a list that cannot be read is only noted. */
  turn(): Promise<void>;
  /** The same on schedule: what it throws is logged, and the next one goes on. */
  tick(): Promise<void>;
  health(): Health;
  /** Puts other rules into force, from the next event on. */
  readonly swap: (set: CompiledSet) => void;
  stop(): Promise<void>;
}

export function createPolling(options: PollingOptions, client: BlotatoClient, onTurn: () => void): Polling {
  const { clock, logger } = options;
  const stopping = new AbortController();
  const usernames = createUsernames(options, client, stopping.signal);
  const readings = createReadings(options);
  const rules = { inForce: options.set };
  let turning: Promise<void> = Promise.resolve();
  const parts = turnParts(options, {
    client,
    usernameOf: usernames.of,
    onQueued: onTurn,
    rules,
    signal: stopping.signal,
    onRead(stream, found) {
      readings.worked(stream);
      paces.get(stream)?.polled(clock(), found);
    },
    onReadError(stream, error) {
      readings.failed(stream, error);
      paces.get(stream)?.polled(clock(), null);
    },
  });
  const paces = pacesOf(parts.streams, options);

  const watchNext = nextPostWatch(options, rules, () => clock() + client.clockOffset());

  async function oneTurn(streams: readonly Stream[]): Promise<void> {
    await usernames.learn();
    await watchNext();
    readings.begin();
    try {
      await turn({ ...parts, streams });
      readings.end(streams);
    } finally {
      onTurn();
    }
  }

  async function turnOfDue(): Promise<void> {
    const due = await dueOf(paces, clock());
    if (due.length > 0 && !stopping.signal.aborted) await oneTurn(due);
  }

  return {
    signal: stopping.signal,
    turn() {
      const running = oneTurn(parts.streams);
      turning = running.catch(() => undefined);
      return running;
    },
    tick() {
      turning = turnOfDue().catch((error: unknown) => {
        if (!stopping.signal.aborted) logger.error({ err: error }, POLL_FAILED);
      });
      return turning;
    },
    health: readings.health,
    swap: (set) => (rules.inForce = set),
    stop() {
      stopping.abort(new Error('stopping'));
      return turning;
    },
  };
}

async function dueOf(paces: ReadonlyMap<Stream, Pace>, now: Instant): Promise<readonly Stream[]> {
  const due: Stream[] = [];
  for (const [stream, pace] of paces) if (await pace.isDue(now)) due.push(stream);
  return due;
}

/** Tells the store, before anything is read, which rules wait for the next post: what comes after is under it. */
function nextPostWatch(
  { config, store }: PollingOptions,
  rules: TurnContext['rules'],
  apiNow: () => Instant,
): () => Promise<void> {
  let watched: CompiledSet | null = null;
  return async () => {
    const { inForce } = rules;
    if (watched === inForce || config.mode === 'shadow') return;
    const wanted = waitingForPosts(inForce, config.accounts);
    if (wanted.length > 0) await store.watchNextPosts(wanted, apiNow());
    watched = inForce;
  };
}

/** Rules that wait for the first post of an account after they went live. */
function waitingForPosts({ rules }: CompiledSet, accounts: readonly AccountConfig[]) {
  return rules
    .filter(({ rule }) => rule.mode === 'live' && rule.posts.includes(NEXT_POST))
    .flatMap(({ rule }) =>
      accounts
        .filter(({ name }) => rule.accounts.length === 0 || rule.accounts.includes(name))
        .map(({ name }) => ({ rule: rule.id, account: name })),
    );
}

/** How reading goes, for whoever asks after the program's health. */
function createReadings({ clock, logger }: PollingOptions) {
  const failing = new Set<string>();
  let readAt: Instant | null = null;
  let isKeyRefused = false;
  return {
    begin: (): void => {
      isKeyRefused = false;
    },
    end: (streams: readonly Stream[]): void => {
      if (streams.some((stream) => !failing.has(stream.source.resource))) readAt = clock();
    },
    worked: (stream: Stream) => failing.delete(stream.source.resource),
    failed(stream: Stream, error: unknown): void {
      failing.add(stream.source.resource);
      isKeyRefused ||= error instanceof BlotatoError && error.kind === 'unauthorized';
      logReadError(logger, stream, error);
    },
    health: (): Health => ({ readAt, failing: [...failing], isKeyRefused }),
  };
}

/** Each list has a route, and so a budget, of its own. */
function pacesOf(streams: readonly Stream[], { config, store }: PollingOptions): ReadonlyMap<Stream, Pace> {
  return new Map(
    streams.map((stream) => {
      const route = `GET /v2/${stream.source.resource}`;
      const callsSince = (since: Instant): Promise<number> => store.callsSince(route, since);
      const isLookedFor = (): Promise<boolean> => store.hasAmbiguous(`POST /v2/${stream.source.resource}`);
      const { readsPerMinute } = config.throttle;
      return [stream, createPace({ readsPerMinute, callsSince, isLookedFor })];
    }),
  );
}

interface TurnContext extends Pick<TurnParts, 'signal' | 'onRead' | 'onReadError'> {
  readonly client: BlotatoClient;
  readonly usernameOf: (accountId: string) => string | null;
  readonly onQueued: () => void;
  /** What `swap` changes. A decision keeps those that it began with. */
  readonly rules: { readonly inForce: CompiledSet };
}

function turnParts(
  { config, store, clock, logger, observer }: PollingOptions,
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
    expire: () => expireRuns({ store, clock, logger, set: () => rules.inForce, settings, onQueued }),
    onDecision(event, decision) {
      const { id, account, platform } = event;
      const { rule, reason, detail } = decision;
      const said = config.log.texts ? { text: event.text } : {};
      logger.info({ event: id, account, platform, rule, reason, detail, ...said }, 'decided');
      observer?.onDecision?.(event, decision);
      // Not only when all is decided: after a long stop that takes a while.
      if (reason === 'queued') onQueued();
    },
  };
}

export function byName(accounts: readonly AccountConfig[]): ReadonlyMap<string, AccountConfig> {
  return new Map(accounts.map((account) => [account.name, account]));
}

/** Usernames tell who wrote a message when nothing else does. Without them it may stay `direction_unknown`. */
function createUsernames({ clock, logger }: PollingOptions, client: BlotatoClient, signal: AbortSignal) {
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

function logReadError(logger: Logger, { source, platforms }: Stream, error: unknown): void {
  const isRefusedKey = error instanceof BlotatoError && error.status === 401;
  const message = isRefusedKey
    ? 'Blotato refused the API key (401); check `blotato.api_key`'
    : 'a list could not be read; the next poll goes on from there';
  logger.error({ resource: source.resource, platforms, err: error }, message);
}
