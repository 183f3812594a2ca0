import { BlotatoError } from '../blotato/errors.js';
import { refusalOf } from '../blotato/refusals.js';
import { BLOCK_FIXES } from '../domain/block.js';
import type { Trouble } from '../domain/health.js';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { ReadFailure, Resource } from '../store/ports/polls.js';
import { StoreError } from '../store/store-error.js';
import type { Stream } from './cycle.js';

/** While a list fails, the log says so this often, and not at every poll. */
const SAY_AGAIN_AFTER = 10 * MINUTE;
/** An error in the store is cut here. */
const MOST_ERROR = 500;

/** How reading goes: each list by the store, since another worker may have read it, and what is wrong with the store itself. */
export interface ReadHealth {
  /** `failures`: as the store has them. Those of lists that are not read any more are over. */
  begin(failures: readonly ReadFailure[], lists: readonly Stream[]): void;
  worked(stream: Stream): void;
  failed(stream: Stream, error: unknown): void;
  /** Returns the failures as they are now, for the store; null if it has these. */
  end(streams: readonly Stream[]): readonly ReadFailure[] | null;
  /** Something that will be retried failed, and not because of the API. A broken store is logged once every ten minutes. */
  troubled(error: unknown, message: string): void;
  /** Null if the store works, as far as this process knows. */
  trouble(): Trouble | null;
}

export function createReadHealth({ clock, logger }: { clock: Clock; logger: Logger }): ReadHealth {
  let stored: readonly ReadFailure[] = [];
  let failures: readonly ReadFailure[] = [];
  let trouble: Trouble | null = null;
  /** When the log last named each way in which the store is broken. */
  const named = new Map<string, Instant>();
  /** When the log last named each list that fails. */
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
      if (isFailing(stream)) logger.info({ resource }, 'the list can be read again');
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
        if (trouble !== null) logger.info({ was: trouble.text }, 'the store works again');
        trouble = null;
        named.clear();
        // The key that one list was read with is good for the others.
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

/** Without the id of the request: each poll would have another, and be written. */
function wordsOf(error: unknown): string {
  if (error instanceof BlotatoError) return `${error.route} answered ${error.status}: ${error.text}`;
  return error instanceof Error ? error.message : String(error);
}

function isSame(some: readonly ReadFailure[], others: readonly ReadFailure[]): boolean {
  const keys = (failures: readonly ReadFailure[]) =>
    failures.map((each) => JSON.stringify([each.resource, each.error, each.isKeyRefused])).sort();
  return keys(some).join() === keys(others).join();
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
