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

/** How long a removed automation is remembered, so that its removal is reported. */
const REMEMBERED: Millis = 30 * DAY;

/** The daily read of Blotato's own automations: what changed in them is stored, and rules that share with them are logged. */
export interface AutomationWatch {
  /** Reads them when it is due. A failure is no matter of the poll: it is tried again. Throws what the store throws. */
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
      // Where there is no such call, only `doctor` mentions it.
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
      // Read by the process before this one, or by another worker.
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

/** Whether the API, or the plan, has no such call. */
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

/** Null if nothing changed that matters: the time and the version of a publication, and whether it is active. */
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
      "Blotato's automation answers what rules answer as well, and is usually first",
    );
  }
}
