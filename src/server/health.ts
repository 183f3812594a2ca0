import type { Config } from '../domain/config.js';
import { type Instant, formatInstant, MINUTE, type Millis } from '../domain/time.js';
import type { Health, Trouble } from '../domain/health.js';
import type { PollStore, ReadState } from '../store/ports/polls.js';

/** To be ready, the lists must have been read within this time after the read was due. */
const FRESH_FOR: Millis = 2 * MINUTE;

/**
 * True if nothing was read for longer than `poll.schedule` explains. A time in the future is no sign of
 * health: a clock was wrong when it was saved, or is now.
 */
export function isReadLate({ readAt, dueAt }: Health, now: Instant): boolean {
  if (readAt === null) return false;
  return now >= Math.max(readAt, dueAt ?? 0) + FRESH_FOR || readAt > now + FRESH_FOR;
}

/** State of a workspace that only this process knows. */
export interface OwnHealth {
  readonly trouble: Trouble | null;
  readonly rulesFaults?: readonly string[];
}

/**
 * Health of a workspace: the polls of all workers from the store, and the state that only this process knows.
 */
export async function healthOf(
  { accounts, poll }: Config,
  store: Pick<PollStore, 'readState'>,
  { trouble, rulesFaults = [] }: OwnHealth,
): Promise<Health> {
  let state: ReadState;
  try {
    state = await store.readState();
  } catch (error) {
    const text = trouble?.text ?? `the store cannot be read: ${error instanceof Error ? error.message : ''}`;
    return { readAt: null, failing: [], isKeyRefused: false, trouble: text, rulesFaults };
  }
  const failing = state.failures.map(({ resource }) => resource);
  // A list or platform that is no longer configured is not read any more.
  const polls = state.polls.filter(
    ({ resource, platform }) =>
      (resource !== 'comments' || poll.comments) && accounts.some((each) => each.platform === platform),
  );
  const isOver = trouble === null || polls.some(({ at }) => at > trouble.at);
  return {
    ...lastPoll(polls, failing),
    failing,
    causes: Object.fromEntries(state.failures.map(({ resource, error }) => [resource, error])),
    isKeyRefused: state.failures.some(({ isKeyRefused }) => isKeyRefused),
    ...(isOver ? {} : { trouble: trouble.text }),
    rulesFaults,
  };
}

/**
 * Time of the last read of the list that was read longest ago, among lists without failures; if all fail, the
 * latest poll.
 */
function lastPoll(polls: ReadState['polls'], failing: readonly string[]): Pick<Health, 'readAt' | 'dueAt'> {
  const byTime = [...polls].sort((a, b) => a.at - b.at);
  const found = byTime.find(({ resource }) => !failing.includes(resource)) ?? byTime.at(-1);
  return { readAt: found?.at ?? null, dueAt: found?.dueAt ?? undefined };
}

/** The response of `/readyz`: 200 if everything is read, 503 otherwise. */
export function readiness(
  health: Health,
  now: Instant,
): { readonly status: 200 | 503; readonly body: object } {
  const isFresh =
    health.readAt !== null &&
    !isReadLate(health, now) &&
    health.failing.length === 0 &&
    health.trouble === undefined;
  const body = {
    status: isFresh ? 'ready' : 'not ready',
    read_at: health.readAt === null ? null : formatInstant(health.readAt),
    failing: health.failing,
    ...(health.failing.length === 0 ? {} : { causes: health.causes ?? {} }),
    ...(health.trouble === undefined ? {} : { store: health.trouble }),
    ...(health.rulesFaults?.length ? { rules_faults: health.rulesFaults } : {}),
  };
  return { status: isFresh ? 200 : 503, body };
}
