import { answer } from '../actions/decide/answer.js';
import type { BlotatoClient } from '../blotato/client.js';
import type { ReadThrottle } from '../blotato/throttle.js';
import type { AccountConfig, Config } from '../domain/config.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { NEXT_POST } from '../domain/rule.js';
import type { Send } from '../domain/send.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { expireRuns } from '../actions/funnel/expire-runs.js';
import type { Logger } from '../log/logger.js';
import { logEnd } from '../log/sends.js';
import { commentSource } from '../poller/comments.js';
import { messageSource } from '../poller/messages.js';
import type { PaceNow } from '../poller/pace.js';
import { type Stream, turn, type TurnParts } from '../poller/turn.js';
import { createPollingMemory, type PollingMemory } from '../poller/polling-memory.js';
import type { Store } from '../store/store.js';
import type { Health } from '../domain/health.js';
import type { Known } from '../store/ports/polls.js';

const COMMENT_PLATFORMS: ReadonlySet<Platform> = new Set(['instagram', 'facebook']);

export interface PollingOptions {
  readonly config: Config;
  /** The rules at the start. */
  readonly set: CompiledSet;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: {
    readonly onDecision?: (event: InboundEvent, decision: Decision) => void;
    readonly onEnded?: (send: Send) => void;
  };
}

const POLL_FAILED = 'a poll failed; the next one goes on from there';

/** Reads and decides, on schedule or when asked. */
export interface Polling {
  /** Aborted by `stop`. */
  readonly signal: AbortSignal;
  /** One turn over all lists. Throws what the store throws; a list that cannot be read is only noted. */
  turn(): Promise<void>;
  /**
   * The same on schedule, for the lists that are due: what it throws is logged, and the next one goes on. When work is
   * open, `whenOpen` comes before anything is read. Returns whether nothing was found and nothing is open.
   */
  tick(whenOpen?: () => Promise<void>): Promise<boolean>;
  health(): Health;
  /** Puts other rules into force, from the next event on. */
  readonly swap: (set: CompiledSet) => void;
  stop(): Promise<void>;
}

/** What polling works with. */
export interface PollingParts {
  readonly client: BlotatoClient;
  readonly throttle: Pick<ReadThrottle, 'counted'>;
  /** There may be something new to send. */
  readonly onTurn: () => void;
  /** @default a new one */
  readonly memory?: PollingMemory | undefined;
}

export function createPolling(options: PollingOptions, polling: PollingParts): Polling {
  const { logger } = options;
  const { client, throttle, onTurn, memory = createPollingMemory(options) } = polling;
  const { usernames, readings } = memory;
  const stopping = new AbortController();
  const rules = { inForce: options.set };
  let turning: Promise<unknown> = Promise.resolve();
  const { signal } = stopping;
  const parts = turnParts(options, { client, memory, onQueued: onTurn, rules, signal });
  const begin = beginner(options, throttle);

  async function oneTurn(streams: readonly Stream[], known: Known): Promise<boolean> {
    await usernames.learn(client, signal);
    await watchNextPosts(options, memory, rules.inForce, parts.apiNow());
    readings.begin();
    try {
      const { isQuiet } = await turn({ ...parts, streams, known });
      readings.end(streams);
      return isQuiet;
    } finally {
      onTurn();
    }
  }

  async function turnOfAll(): Promise<void> {
    const { readsPerMinute } = options.config.throttle;
    const { known } = await begin(parts.streams, (_, { calls }) => calls < readsPerMinute);
    await oneTurn(parts.streams, known);
  }

  async function turnOfDue(whenOpen?: () => Promise<void>): Promise<boolean> {
    const { known, chosen } = await begin(parts.streams, ({ source }, now) =>
      memory.paceOf(source.resource).isDue(now),
    );
    if (known.hasOpenWork) await whenOpen?.();
    if (signal.aborted) return false;
    const isQuiet = chosen.length === 0 || (await oneTurn(chosen, known));
    return isQuiet && !known.hasOpenWork;
  }

  return {
    signal,
    async turn() {
      const running = turnOfAll();
      turning = running.catch(() => undefined);
      await running;
    },
    tick(whenOpen) {
      const running = turnOfDue(whenOpen).catch((error: unknown) => {
        if (!signal.aborted) logger.error({ err: error }, POLL_FAILED);
        return false;
      });
      turning = running;
      return running;
    },
    health: () => readings.health(),
    swap: (set) => (rules.inForce = set),
    async stop() {
      stopping.abort(new Error('stopping'));
      await turning;
    },
  };
}

/** Asks the store what a poll has to know, and counts the first calls of the lists that are chosen. */
function beginner({ store, clock }: PollingOptions, throttle: Pick<ReadThrottle, 'counted'>) {
  return async (
    streams: readonly Stream[],
    isChosen: (stream: Stream, now: PaceNow) => boolean,
  ): Promise<{ readonly known: Known; readonly chosen: readonly Stream[] }> => {
    const now = clock();
    let chosen: readonly Stream[] = [];
    const choose = ({ calls, ambiguous }: Known): readonly string[] => {
      chosen = streams.filter((stream) =>
        isChosen(stream, {
          now,
          calls: calls.get(routeOf(stream)) ?? 0,
          isLookedFor: ambiguous.has(`POST /v2/${stream.source.resource}`),
        }),
      );
      return chosen.map(routeOf);
    };
    const budget = { routes: streams.map(routeOf), since: now - MINUTE - LIMITS.minuteMargin };
    const known = await store.beginPoll(budget, now, choose);
    for (const stream of chosen) throttle.counted(routeOf(stream), now);
    return { known, chosen };
  };
}

/** Each list has a route, and so a budget, of its own. */
function routeOf({ source }: Stream): string {
  return `GET /v2/${source.resource}`;
}

/** Tells the store, before anything is read, which rules wait for the next post: what comes after is under it. */
async function watchNextPosts(
  { config, store }: PollingOptions,
  memory: PollingMemory,
  inForce: CompiledSet,
  apiNow: Instant,
): Promise<void> {
  if (memory.watched === inForce || config.mode === 'shadow') return;
  const wanted = waitingForPosts(inForce, config.accounts);
  if (wanted.length > 0) await store.watchNextPosts(wanted, apiNow);
  memory.watched = inForce;
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

interface TurnContext extends Pick<TurnParts, 'signal'> {
  readonly client: BlotatoClient;
  readonly memory: PollingMemory;
  readonly onQueued: () => void;
  /** What `swap` changes. A decision keeps those that it began with. */
  readonly rules: { readonly inForce: CompiledSet };
}

function turnParts(
  { config, store, clock, logger, observer }: PollingOptions,
  { client, memory, onQueued, rules, ...context }: TurnContext,
): Omit<TurnParts, 'known'> {
  const sourceParts = {
    store,
    client,
    accounts: new Map(config.accounts.map((account) => [account.id, account])),
    usernameOf: (accountId: string) => memory.usernames.of(accountId),
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
    seen: memory.seen,
    onEnded(send) {
      logEnd(logger, send);
      observer?.onEnded?.(send);
    },
    clock,
    settings: config.poll,
    apiNow: () => clock() + client.clockOffset(),
    window: { answers: LIMITS.answerMemory, mode: config.mode },
    answer: (event, facts) => answer(event, facts, rules.inForce, settings),
    expire: () => expireRuns({ store, clock, logger, set: () => rules.inForce, settings, onQueued }),
    onRead(stream, found) {
      memory.readings.worked(stream);
      memory.paceOf(stream.source.resource).polled(clock(), found);
    },
    onReadError(stream, error) {
      memory.readings.failed(stream, error);
      memory.paceOf(stream.source.resource).polled(clock(), null);
    },
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
