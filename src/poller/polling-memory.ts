import { BlotatoError } from '../blotato/errors.js';
import { refusalOf } from '../blotato/refusals.js';
import { BLOCK_FIXES } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import { type AccountWatch, createAccountWatch } from './account-watch.js';
import { type AutomationWatch, createAutomationWatch } from './automation-watch.js';
import { type ConversationFailures, createConversationFailures } from './conversation-failures.js';
import { createPace, type Pace } from './pace.js';
import { nextMatch } from './schedule.js';
import { createSeen, type Seen } from './seen.js';
import type { Stream } from './cycle.js';
import type { Health } from '../domain/health.js';
import type { Resource } from '../store/ports/polls.js';
import { StoreError } from '../store/store-error.js';

/** While a list fails, the log says so this often, and not at every poll. */
const SAY_AGAIN_AFTER = 10 * MINUTE;

/**
 * What polling remembers from one turn to the next. It is lost with the process, and costs a few readings then; whatever
 * must not be lost is in the store.
 */
export interface PollingMemory {
  paceOf(resource: Resource): Pace;
  readonly seen: Seen;
  readonly readings: Readings;
  readonly accounts: AccountWatch;
  readonly automations: AutomationWatch;
  readonly failures: ConversationFailures;
  /** The rules whose next posts the store was told to look for. */
  watched: CompiledSet | null;
}

export interface PollingMemoryOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createPollingMemory(options: PollingMemoryOptions): PollingMemory {
  const { readsPerMinute } = options.config.throttle;
  const paces: Partial<Record<Resource, Pace>> = {};
  return {
    paceOf: (resource) => (paces[resource] ??= createPace({ readsPerMinute })),
    seen: createSeen(),
    readings: createReadings(options),
    accounts: createAccountWatch(options),
    automations: createAutomationWatch(options),
    failures: createConversationFailures(options),
    watched: null,
  };
}

/** How reading goes, for whoever asks after the program's health. */
export interface Readings {
  begin(): void;
  end(streams: readonly Stream[]): void;
  worked(stream: Stream): void;
  failed(stream: Stream, error: unknown): void;
  /** Something that will be retried failed, and not because of the API. A broken store is logged once every ten minutes. */
  troubled(error: unknown, message: string): void;
  health(): Health;
}

function createReadings({ config, clock, logger }: PollingMemoryOptions): Readings {
  let failing: readonly Resource[] = [];
  let readAt: Instant | null = null;
  let dueAt: Instant | undefined;
  let isKeyRefused = false;
  let trouble: string | undefined;
  /** When the log last named each way in which the store is broken. */
  const named = new Map<string, Instant>();
  /** When the log was last told of each that fails. */
  const said = new Map<Resource, Instant>();
  const without = ({ source }: Stream) => failing.filter((each) => each !== source.resource);
  return {
    begin: () => {
      isKeyRefused = false;
    },
    end: (streams) => {
      if (!streams.some((stream) => !failing.includes(stream.source.resource))) return;
      readAt = clock();
      if (trouble !== undefined) logger.info({ was: trouble }, 'the store works again');
      trouble = undefined;
      named.clear();
      dueAt = nextMatch(config.poll.schedule, clock);
    },
    worked: (stream) => {
      failing = without(stream);
      if (said.delete(stream.source.resource)) {
        logger.info({ resource: stream.source.resource }, 'the list can be read again');
      }
    },
    failed(stream, error) {
      const now = clock();
      failing = [...without(stream), stream.source.resource];
      isKeyRefused ||= error instanceof BlotatoError && error.kind === 'unauthorized';
      const last = said.get(stream.source.resource);
      if (last !== undefined && now - last < SAY_AGAIN_AFTER) return;
      said.set(stream.source.resource, now);
      logReadError(logger, stream, error);
    },
    troubled(error, message) {
      if (isBroken(error)) {
        trouble = error.message;
        const last = named.get(error.code);
        if (last !== undefined && clock() - last < SAY_AGAIN_AFTER) return;
        named.set(error.code, clock());
      }
      logger.error({ err: error }, message);
    },
    health: () => ({ readAt, dueAt, failing, isKeyRefused, ...(trouble === undefined ? {} : { trouble }) }),
  };
}

/** It fails at each statement until somebody repairs it. */
function isBroken(error: unknown): error is StoreError {
  return error instanceof StoreError && ['full', 'damaged', 'unreadable'].includes(error.code);
}

/** What was refused for a known cause is logged with its fix. */
function logReadError(logger: Logger, { source, platforms }: Stream, error: unknown): void {
  const about = { resource: source.resource, platforms, err: error };
  const meaning = error instanceof BlotatoError ? refusalOf(error).meaning : null;
  if (meaning?.kind === 'hold' && meaning.cause === '401') {
    logger.error(about, 'Blotato refused the API key (401); check `blotato.api_key`');
  } else if (meaning?.kind === 'hold') {
    logger.error(
      { ...about, ...BLOCK_FIXES[meaning.cause] },
      'Blotato refuses to list; nothing of the list is read until that is over, and then the next polls go on from there',
    );
  } else {
    logger.error(
      about,
      'a list could not be read; the next polls go on from there, and the log says so again in ten minutes',
    );
  }
}
