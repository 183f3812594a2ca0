import { decideEvent } from '../actions/decide/decide-event.js';
import { needsLanguage } from '../actions/compose/phrase.js';
import { settlingFor } from '../actions/decide/settling.js';
import { endDrafts } from '../actions/drafts/end-drafts.js';
import { expireRuns } from '../actions/funnel/expire-runs.js';
import type { DecisionSettings } from '../actions/decision/settings.js';
import type { BlotatoClient } from '../blotato/client.js';
import type { ReadThrottle } from '../blotato/throttle.js';
import type { AccountConfig, Config } from '../domain/config.js';
import type { Platform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { type Decision, NO_TRACE } from '../domain/decision.js';
import type { Observer } from '../domain/observer.js';
import type { Instant } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { logEnd } from '../log/sends.js';
import { commentSource } from '../poller/comments.js';
import { messageSource } from '../poller/messages.js';
import { createPolling, type Polling, type PollingParts } from '../poller/polling.js';
import type { PollingMemory } from '../poller/polling-memory.js';
import type { Stream, CycleParts } from '../poller/cycle.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { FunnelStore } from '../store/ports/funnels.js';
import type { FactsWindow, JournalStore } from '../store/ports/journal.js';
import type { OutboxStore } from '../store/ports/outbox.js';
import type { PollStore } from '../store/ports/polls.js';

const COMMENT_PLATFORMS: ReadonlySet<Platform> = new Set(['instagram', 'facebook']);

export interface PollingOptions extends Omit<PollingParts, 'turnParts'> {
  readonly store: PollStore & JournalStore & FunnelStore & DraftStore & Pick<OutboxStore, 'guardFacts'>;
  readonly throttle: ReadThrottle;
  readonly observer?: Observer | undefined;
  readonly nextPoll: () => Instant;
  readonly mostDecided?: number | undefined;
  readonly isOver?: (() => boolean) | undefined;
  /** Lets the sends of these events leave, and no others. */
  readonly sendEarly?: CycleParts['sendEarly'];
}

/** Polling whose messages are decided by the active rules. */
export function pollingOf(options: PollingOptions): Polling {
  return createPolling({ ...options, turnParts: (signal) => cycleParts(options, signal) });
}

function cycleParts(options: PollingOptions, signal: AbortSignal): Omit<CycleParts, 'known'> {
  const { config, rules, store, clock, logger, observer, client, memory, onTurn: onQueued } = options;
  const settings = settingsOf(config);
  const polled = (stream: Stream, found: number | null): void =>
    memory.paceOf(stream.source.resource).polled(clock(), found);
  return {
    ...{ signal, store, nextPoll: options.nextPoll },
    streams: streamsOf(config, { store, client, memory }),
    seen: memory.seen,
    areAllListed: memory.accounts.areAllListed,
    onEnded(send) {
      logEnd(logger, send);
      observer?.onEnded?.(send);
    },
    clock,
    settings: config.poll,
    apiNow: () => clock() + client.clockOffset(),
    window: windowOf(config, rules.set),
    mostDecided: options.mostDecided,
    isOver: options.isOver,
    answer: (event, facts) => decideEvent(event, facts, rules.set, { ...settings, everyRuleOfFew: true }),
    settling: () => settlingFor(rules.set, settings),
    async expire() {
      await expireRuns({ store, clock, logger, set: () => rules.set, settings, onQueued });
      await endDraftsOf(options);
    },
    onRead(stream, found) {
      memory.readHealth.worked(stream);
      polled(stream, found);
    },
    onReadError(stream, error) {
      memory.readHealth.failed(stream, error);
      polled(stream, null);
    },
    onUnreadable(event, detail) {
      const { id, account, platform } = event;
      logger.error({ event: id, account, platform, detail }, 'row cannot be read; recorded as unreadable');
      observer?.onDecision?.(event, unreadable(detail));
    },
    onLongStart: (resource, pages) =>
      logger.warn(
        { resource, pages },
        'the first start reads a long list; decisions begin when the list is complete',
      ),
    onDecision(event, decision) {
      const { id, account, platform } = event;
      const { rule, reason, detail } = decision;
      const texts = config.log.texts ? { text: event.text } : {};
      logger.info({ event: id, account, platform, rule, reason, detail, ...texts }, 'event decided');
      observer?.onDecision?.(event, decision);
    },
    // The outbox is woken during the cycle as well: after a long downtime a cycle takes a while.
    onQueued,
    sendEarly: options.sendEarly,
  };
}

async function endDraftsOf({ store, clock, config, logger }: PollingOptions): Promise<void> {
  await endDrafts({
    ...{ store, clock, guards: config.guards },
    onEnded: ({ id, event, rule }, why) =>
      logger.info({ draft: id, event: event.id, rule, ...why }, 'draft ended without a person'),
  });
}

/** The facts that the decisions of a cycle read from the store. */
function windowOf(config: Config, set: CompiledSet): FactsWindow {
  return {
    answers: LIMITS.answerMemory,
    mode: config.mode === 'shadow' ? 'shadow' : 'live',
    said: needsLanguage(set, settingsOf(config)),
  };
}

interface StreamParts extends Pick<PollingOptions, 'store'> {
  readonly client: BlotatoClient;
  readonly memory: PollingMemory;
}

function streamsOf({ accounts, poll }: Config, { store, client, memory }: StreamParts): Stream[] {
  const parts = {
    store,
    client,
    accounts: new Map(accounts.map((account) => [account.id, account])),
    usernameOf: memory.accounts.usernameOf,
    isListed: memory.accounts.isListed,
    isForeign: memory.accounts.isForeign,
    failures: memory.failures,
  };
  const platforms = [...new Set(accounts.map((account) => account.platform))];
  const commented = platforms.filter((platform) => COMMENT_PLATFORMS.has(platform));
  const messages = { source: messageSource(parts), platforms };
  if (!poll.comments || commented.length === 0) return [messages];
  return [messages, { source: commentSource(parts), platforms: commented }];
}

function unreadable(detail: string): Decision {
  return { rule: null, reason: 'unreadable', detail, actions: [], optOut: null, trace: NO_TRACE };
}

/** The settings of decisions. */
export function settingsOf({ mode, guards, settle, accounts }: Config): DecisionSettings {
  return { mode, accounts: byName(accounts), guards, optOut: guards.optOut, settle };
}

export function byName(accounts: readonly AccountConfig[]): ReadonlyMap<string, AccountConfig> {
  return new Map(accounts.map((account) => [account.name, account]));
}
