import type { DecisionSettings } from '../settings.js';
import { asMessage, type ExpiredRun, expireRun, failedRun } from './expire.js';
import type { Decision } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import { LIMITS } from '../../domain/limits.js';
import type { Clock } from '../../domain/time.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { Logger } from '../../log/logger.js';
import type { ActContext } from '../decision.js';
import type { FunnelStore } from '../../store/ports/funnels.js';
import type { JournalStore } from '../../store/ports/journal.js';

/** Maximum number of expired runs handled between two polls: their messages share the send budget. */
const MOST_EXPIRED = 200;

export interface ExpireParts {
  readonly store: FunnelStore & JournalStore;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info'>;
  readonly set: () => CompiledSet;
  readonly settings: DecisionSettings;
  readonly onQueued: () => void;
}

/**
 * Ends the funnel runs whose question was not answered in time. In shadow mode nothing is sent and no run
 * ends.
 */
export async function expireRuns({
  store,
  clock,
  logger,
  set,
  settings,
  onQueued,
}: ExpireParts): Promise<void> {
  if (settings.mode === 'shadow') return;
  if (set().languages.isUsed) await set().languages.prepare();
  const now = clock();
  for (const { run, event } of await store.expiredRuns(now, MOST_EXPIRED)) {
    const facts = await store.factsFor(event, now, {
      ...{ answers: LIMITS.answerMemory, mode: 'live' },
      said: set().languages.isUsed,
    });
    const spoken = asMessage(event, facts);
    const decision = await expireOrGiveUp({ run, event: spoken }, facts, { set: set(), settings });
    if (!(await store.recordExpiry(run, spoken, decision, now))) continue;
    const { reason, detail } = decision;
    logger.info({ event: event.id, rule: run.rule, reason, detail }, 'funnel run timed out');
    if (decision.actions.length > 0) onQueued();
  }
}

/** An error would recur at every poll and block all later runs, so the run is ended. */
async function expireOrGiveUp(expired: ExpiredRun, facts: Facts, context: ActContext): Promise<Decision> {
  try {
    return await expireRun(expired, facts, context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failedRun(expired, `internal error while deciding, please report this: ${why}`);
  }
}
