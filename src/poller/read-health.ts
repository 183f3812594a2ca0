import { BlotatoError } from '../blotato/errors.js';
import { refusalOf } from '../blotato/refusals.js';
import { BLOCK_FIXES } from '../domain/block.js';
import type { Trouble } from '../domain/health.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { ReadFailure, Resource } from '../store/ports/polls.js';
import { StoreError } from '../store/ports/store-error.js';
import type { Stream } from './cycle.js';

/** Interval of the log message about a failing list. */
const SAY_AGAIN_AFTER = 10 * MINUTE;
/** Maximum length of a stored error. */
const MOST_ERROR = 500;

/**
 * Read health: the state of each list from the store, since another worker may have read it, and the error of
 * the store itself.
 */
export interface ReadHealth {
  /** `failures`: as stored. Failures of lists that are no longer read are dropped. */
  begin(failures: readonly ReadFailure[], lists: readonly Stream[]): void;
  worked(stream: Stream): void;
  failed(stream: Stream, error: unknown): void;
  /** Returns the current failures for the store; null if they are already stored. */
  end(streams: readonly Stream[]): readonly ReadFailure[] | null;
  /**
   * Reports a failure that will be retried and is not the API's. A broken store is logged once every ten
   * minutes.
   */
  troubled(error: unknown, message: string): void;
  /** The error of the store; null if the store works, as far as this process knows. */
  trouble(): Trouble | null;
}

export function createReadHealth({ clock, logger }: { clock: Clock; logger: Logger }): ReadHealth {
  let stored: readonly ReadFailure[] = [];
  let failures: readonly ReadFailure[] = [];
  let trouble: Trouble | null = null;
  /** Time of the last log line for each kind of store error. */
  const named = new Map<string, Instant>();
  /** Time of the last log line for each failing list. */
  const said = new Map<Resource, Instant>();
  const isDue = (last: Instant | undefined) => last === undefined || clock() - last >= SAY_AGAIN_AFTER;
  const isFailing = ({ source }: Stream) => failures.some(({ resource }) => resource === source.resource);
  const others = ({ source }: Stream) => failures.filter(({ resource }) => resource !== source.resource);
  return {
    begin(known, lists) {
      stored = known;
      failures = known.filter(({ resource }) => lists.some(({ source }) => source.resource === resource));
    },
    worked(stream) {
      const { resource } = stream.source;
      if (isFailing(stream)) logger.info({ resource }, 'list can be read again');
      said.delete(resource);
      failures = others(stream);
    },
    failed(stream, error) {
      const { resource } = stream.source;
      const before = stored.find((each) => each.resource === resource);
      failures = [...others(stream), failureOf(resource, error, before?.since ?? clock())];
      if (!isDue(said.get(resource))) return;
      said.set(resource, clock());
      logReadError(logger, stream, error);
    },
    end(streams) {
      if (!streams.every(isFailing)) {
        if (trouble !== null) logger.info({ was: trouble.text }, 'store works again');
        trouble = null;
        named.clear();
        // If one list was read with the key, the key is valid for the others.
        failures = failures.map((each) => ({ ...each, isKeyRefused: false }));
      }
      return isSame(failures, stored) ? null : failures;
    },
    troubled(error, message) {
      if (isBroken(error)) {
        trouble = { text: error.message, at: clock() };
        if (!isDue(named.get(error.code))) return;
        named.set(error.code, clock());
      }
      logger.error({ err: error }, message);
    },
    trouble: () => trouble,
  };
}

function failureOf(resource: Resource, error: unknown, since: Instant): ReadFailure {
  const text = wordsOf(error);
  const isKeyRefused = error instanceof BlotatoError && error.kind === 'unauthorized';
  return { resource, since, error: text.slice(0, MOST_ERROR), isKeyRefused };
}

/**
 * Error text without the request id, which differs at each poll, so that unchanged failures are not written
 * again.
 */
function wordsOf(error: unknown): string {
  if (error instanceof BlotatoError) return `${error.route} answered ${error.status}: ${error.text}`;
  return error instanceof Error ? error.message : String(error);
}

function isSame(some: readonly ReadFailure[], others: readonly ReadFailure[]): boolean {
  const keys = (failures: readonly ReadFailure[]) =>
    failures.map((each) => JSON.stringify([each.resource, each.error, each.isKeyRefused])).sort();
  return keys(some).join() === keys(others).join();
}

/** An error that recurs at each statement until somebody repairs the store. */
function isBroken(error: unknown): error is StoreError {
  return error instanceof StoreError && ['full', 'damaged', 'unreadable'].includes(error.code);
}

/** A refusal with a known cause is logged with its fix. */
function logReadError(logger: Logger, { source, platforms }: Stream, error: unknown): void {
  const about = { resource: source.resource, platforms, err: error };
  const meaning = error instanceof BlotatoError ? refusalOf(error).meaning : null;
  if (meaning?.kind === 'hold' && meaning.cause === '401') {
    logger.error(about, 'Blotato refused the API key (401); check `blotato.api_key`');
  } else if (meaning?.kind === 'hold') {
    logger.error(
      { ...about, ...BLOCK_FIXES[meaning.cause] },
      'Blotato refused to list messages or comments; polling resumes from the same point once it allows them',
    );
  } else {
    logger.error(about, 'poll failed; will retry (repeats of this message are suppressed for 10 minutes)');
  }
}
