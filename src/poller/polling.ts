import type { BlotatoClient } from '../blotato/client.js';
import type { NoResponseError } from '../blotato/errors.js';
import type { ReadThrottle } from '../blotato/throttle.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { LIMITS } from '../domain/limits.js';
import { NEXT_POST } from '../domain/rule.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import type { PollState, PollStore } from '../store/ports/polls.js';
import type { PaceNow } from './pace.js';
import type { PollingMemory } from './polling-memory.js';
import { type Stream, pollCycle, type CycleParts } from './cycle.js';

const IDLE: PollEnd = { isQuiet: true, hasMore: false };
const CUT_SHORT: PollEnd = { isQuiet: false, hasMore: false };
/** Reason of the signal after `stop`. One for all cycles, since each error records where it was made. */
const STOPPING = new Error('stopping');
const POLL_FAILED = 'poll failed; will retry';

/** Polls and decides, on schedule or on demand. */
export interface Polling {
  /** Signal that `stop` aborts. */
  readonly signal: AbortSignal;
  /** Polls all lists once. Throws the errors of the store; a list that cannot be read is only recorded. */
  all(): Promise<void>;
  /**
   * Polls the lists that are due. Errors are logged, and the next call continues. If there is open work,
   * `whenOpen` runs before anything is read.
   */
  due(whenOpen?: () => Promise<void>): Promise<PollEnd>;
  /** `why`: the API does not respond, so lists that are not read yet count as failed. */
  stop(why?: NoResponseError): Promise<void>;
}

/** Result of a poll of the lists that are due. */
export interface PollEnd {
  /** True if nothing new was found and no work is open. */
  readonly isQuiet: boolean;
  /** True if undecided events are left. */
  readonly hasMore: boolean;
}

/** Dependencies of polling. */
export interface PollingParts {
  readonly config: Config;
  /** The active rules: a reload replaces the set. */
  readonly rules: { readonly set: CompiledSet };
  readonly store: PollStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: BlotatoClient;
  readonly throttle: Pick<ReadThrottle, 'counted'>;
  readonly memory: PollingMemory;
  /** Creates the parts that read and decide, with the signal that `stop` aborts. */
  readonly turnParts: (signal: AbortSignal) => Omit<CycleParts, 'known'>;
  /** Signals that there may be something new to send. */
  readonly onTurn: () => void;
}

export function createPolling(polling: PollingParts): Polling {
  const { config, memory, onTurn } = polling;
  const stopping = new AbortController();
  const { signal } = stopping;
  const parts = polling.turnParts(signal);
  let polled: Promise<unknown> = Promise.resolve();

  async function poll(streams: readonly Stream[], before: PollState): Promise<PollEnd> {
    const known = await learnAccounts(polling, before, signal);
    await watchNextPosts(polling, parts.apiNow());
    memory.readHealth.begin(known.failures, parts.streams);
    try {
      const { isQuiet, hasMore } = await pollCycle({ ...parts, streams, known });
      const failures = memory.readHealth.end(streams);
      if (failures !== null) await polling.store.saveReadFailures(failures);
      // The automations are read last, since nothing else depends on them.
      if (!signal.aborted) await learnAutomations(polling, signal);
      return { isQuiet, hasMore };
    } finally {
      onTurn();
    }
  }

  async function pollAll(): Promise<void> {
    const isAllowed = (_: Stream, { calls }: PaceNow) => calls < config.throttle.readsPerMinute;
    const { known } = await begin(polling, parts.streams, isAllowed);
    await poll(parts.streams, known);
  }

  async function pollDue(whenOpen?: () => Promise<void>): Promise<PollEnd> {
    const isDue = ({ source }: Stream, now: PaceNow) => memory.paceOf(source.resource).isDue(now);
    const { known, chosen } = await begin(polling, parts.streams, isDue);
    if (known.hasOpenWork) await whenOpen?.();
    if (signal.aborted) return CUT_SHORT;
    const isIdle = chosen.length === 0 && !known.hasUndecided;
    const { isQuiet, hasMore } = isIdle ? IDLE : await poll(chosen, known);
    return { isQuiet: isQuiet && !known.hasOpenWork, hasMore };
  }

  return {
    signal,
    async all() {
      const running = pollAll();
      polled = running.catch(() => undefined);
      await running;
    },
    due(whenOpen) {
      const running = pollDue(whenOpen).catch((error: unknown) => {
        if (!signal.aborted) memory.readHealth.troubled(error, POLL_FAILED);
        return CUT_SHORT;
      });
      polled = running;
      return running;
    },
    async stop(why) {
      stopping.abort(why ?? STOPPING);
      await polled;
    },
  };
}

/** Reads the state needed for a poll, and counts the first requests of the chosen lists. */
async function begin(
  { store, clock, throttle }: PollingParts,
  streams: readonly Stream[],
  isChosen: (stream: Stream, now: PaceNow) => boolean,
): Promise<{ readonly known: PollState; readonly chosen: readonly Stream[] }> {
  const now = clock();
  let chosen: readonly Stream[] = [];
  const choose = ({ calls, ambiguous, settlesAt }: PollState): readonly string[] => {
    chosen = streams.filter((stream) =>
      isChosen(stream, {
        now,
        calls: calls.get(routeOf(stream)) ?? 0,
        isLookedFor: ambiguous.has(`POST /v2/${stream.source.resource}`),
        // Settled messages are decided after reading the newest messages, which show whether the contact has
        // paused.
        isAwaited: stream.source.resource === 'messages' && (settlesAt ?? Infinity) <= now,
      }),
    );
    return chosen.map(routeOf);
  };
  const budget = { routes: streams.map(routeOf), since: now - MINUTE - LIMITS.minuteMargin };
  const known = await store.beginPoll(budget, now, choose);
  for (const stream of chosen) throttle.counted(routeOf(stream), now);
  return { known, chosen };
}

/** Each list has its own route, and so its own budget. */
function routeOf({ source }: Stream): string {
  return `GET /v2/${source.resource}`;
}

/**
 * Records in the store, before anything is read, which rules wait for the next post: later posts count for
 * them.
 */
async function watchNextPosts(
  { config, store, memory, rules: { set } }: PollingParts,
  apiNow: Instant,
): Promise<void> {
  if (memory.watched === set || config.mode === 'shadow') return;
  const wanted = waitingForPosts(set, config.accounts);
  if (wanted.length > 0) await store.watchNextPosts(wanted, apiNow);
  memory.watched = set;
}

/**
 * Reads the state again when an account is back, since its lists are then read again from when it went
 * missing.
 */
async function learnAccounts(
  { client, store, memory, clock }: PollingParts,
  known: PollState,
  signal: AbortSignal,
): Promise<PollState> {
  const isBack = await memory.accounts.learn(client, store, signal);
  if (!isBack) return known;
  memory.seen.clear();
  return store.beginPoll({ routes: [], since: 0 }, clock(), () => []);
}

function learnAutomations(
  { client, store, memory, rules }: PollingParts,
  signal: AbortSignal,
): Promise<void> {
  return memory.automations.learn(client, store, () => rules.set.written, signal);
}

/** Rules that wait for the first post of an account after they were activated. */
function waitingForPosts({ rules }: CompiledSet, accounts: readonly AccountConfig[]) {
  return rules
    .filter(({ rule }) => rule.mode !== 'shadow' && rule.posts.includes(NEXT_POST))
    .flatMap(({ rule }) =>
      accounts
        .filter(({ name }) => rule.accounts.length === 0 || rule.accounts.includes(name))
        .map(({ name }) => ({ rule: rule.id, account: name })),
    );
}
