import type { BlotatoClient } from '../blotato/client.js';
import { BlotatoError } from '../blotato/errors.js';
import { backoff } from '../blotato/throttle.js';
import type { Automation, AutomationChange, SeenAutomation } from '../domain/automation.js';
import { automationName } from '../domain/automation.js';
import type { Config } from '../domain/config.js';
import { LIMITS } from '../domain/limits.js';
import type { Rule } from '../domain/rule.js';
import { type Clock, DAY, HOUR, type Instant, type Millis } from '../domain/time.js';
import { isClash, rivalsOf } from '../engine/rivals.js';
import type { Logger } from '../log/logger.js';
import type { PollStore } from '../store/ports/polls.js';

/** Time that a removed automation is remembered, so that its removal is reported. */
const REMEMBERED: Millis = 30 * DAY;

/** The daily read of Blotato's own automations: stores changes, and logs rules that overlap with them. */
export interface AutomationWatch {
  /**
   * Reads the automations when it is due. A failure does not affect the poll: it is retried. Throws the
   * errors of the store.
   */
  learn(
    client: Pick<BlotatoClient, 'automations'>,
    store: Pick<PollStore, 'automations' | 'saveAutomations'>,
    rules: () => readonly Rule[],
    signal: AbortSignal,
  ): Promise<void>;
}

export interface AutomationWatchOptions {
  readonly config: Pick<Config, 'accounts'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createAutomationWatch({ config, clock, logger }: AutomationWatchOptions): AutomationWatch {
  let askAt: Instant | null = null;
  let failures = 0;

  async function listed(
    client: Pick<BlotatoClient, 'automations'>,
    signal: AbortSignal,
  ): Promise<readonly Automation[] | null> {
    try {
      const automations = await client.automations(signal);
      failures = 0;
      askAt = clock() + LIMITS.automationsEvery;
      return automations;
    } catch (error) {
      if (signal.aborted) return null;
      // If there is no such endpoint, only `doctor` reports it.
      if (isNotOffered(error)) askAt = clock() + LIMITS.automationsEvery;
      else {
        failures += 1;
        askAt = clock() + Math.min(backoff(failures + 3), HOUR);
        if (failures === 1) logger.warn({ err: error }, 'list of automations could not be read; will retry');
      }
      return null;
    }
  }

  return {
    async learn(client, store, rules, signal) {
      const now = clock();
      if (askAt !== null && now < askAt) return;
      const before = await store.automations();
      // The automations were read recently, by a previous process or by another worker.
      if (askAt === null && before !== null && now - before.readAt < LIMITS.automationsEvery) {
        askAt = before.readAt + LIMITS.automationsEvery;
        return;
      }
      const automations = await listed(client, signal);
      if (automations === null) return;
      const seen = compare(automations, before?.automations ?? null, now);
      await store.saveAutomations({ readAt: now, automations: seen });
      report(seen, now, { rules: rules(), config, logger });
    },
  };
}

/** True if the API, or the plan, does not offer the endpoint. */
export function isNotOffered(error: unknown): boolean {
  return error instanceof BlotatoError && [403, 404].includes(error.status);
}

function compare(
  listed: readonly Automation[],
  before: readonly SeenAutomation[] | null,
  now: Instant,
): SeenAutomation[] {
  const known = new Map((before ?? []).map((each) => [each.id, each]));
  const seen = listed.map((automation): SeenAutomation => {
    const last = known.get(automation.id);
    const is = before === null ? null : changeOf(automation, last);
    return { ...automation, change: is === null ? (last?.change ?? null) : { is, at: now } };
  });
  const ids = new Set(listed.map(({ id }) => id));
  const gone = (before ?? []).flatMap((each): SeenAutomation[] => {
    if (ids.has(each.id)) return [];
    if (each.change?.is !== 'removed') {
      return [{ ...each, isActive: false, change: { is: 'removed', at: now } }];
    }
    return each.change.at > now - REMEMBERED ? [each] : [];
  });
  return [...seen, ...gone];
}

/** The change of an automation; null if activity, triggers, and time and version of publication are the same. */
function changeOf(now: Automation, before: SeenAutomation | undefined): AutomationChange | null {
  if (before === undefined || before.change?.is === 'removed') return 'added';
  if (now.isActive !== before.isActive) return now.isActive ? 'switched on' : 'switched off';
  const isSame =
    now.updatedAt === before.updatedAt &&
    now.publishedVersionId === before.publishedVersionId &&
    JSON.stringify(now.triggers) === JSON.stringify(before.triggers);
  return isSame ? null : 'changed';
}

interface Reporting extends Pick<AutomationWatchOptions, 'config' | 'logger'> {
  readonly rules: readonly Rule[];
}

function report(seen: readonly SeenAutomation[], now: Instant, { rules, config, logger }: Reporting): void {
  for (const { change, ...automation } of seen) {
    if (change?.at !== now) continue;
    logger.info(
      { automation: automationName(automation), change: change.is },
      "Blotato's automation changed",
    );
  }
  for (const rival of rivalsOf(seen, rules, config.accounts)) {
    const shared = rival.rules.filter(isClash).map(({ rule }) => rule);
    if (shared.length === 0) continue;
    logger.warn(
      { automation: automationName(rival.automation), account: rival.account, rules: shared },
      "Blotato's automation replies to the same events as rules, and is usually first",
    );
  }
}
