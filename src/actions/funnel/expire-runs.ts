import type { DecisionSettings } from '../decision/settings.js';
import { asMessage, decideDue, failedRun } from './expire.js';
import type { DueRun } from '../../domain/due-run.js';
import type { Decision } from '../../domain/decision.js';
import type { Facts } from '../../domain/facts.js';
import { LIMITS } from '../../domain/limits.js';
import type { Clock } from '../../domain/time.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { Logger } from '../../log/logger.js';
import { needsLanguage } from '../compose/phrase.js';
import type { ActContext } from '../decision/decision.js';
import type { FunnelStore } from '../../store/ports/funnels.js';
import type { JournalStore } from '../../store/ports/journal.js';

const NOTES = { deadline: 'funnel run timed out', reminder: 'funnel reminder due' } as const;

/** Maximum number of due runs handled between two polls: their messages share the send budget. */
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
 * Continues the funnel runs of which something is due: a wait is over, a question was not answered in time, or a
 * reminder is to be sent. In shadow mode nothing is sent and no run
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
  const said = needsLanguage(set(), settings);
  if (said) await set().languages.prepare(true);
  const now = clock();
  for (const each of await store.dueRuns(now, MOST_EXPIRED)) {
    const { run, event } = each;
    const facts = await store.factsFor(event, now, {
      ...{ answers: LIMITS.answerMemory, mode: 'live' },
      said,
    });
    const spoken = asMessage(event, facts);
    const decision = await decideOrGiveUp({ ...each, event: spoken }, facts, { set: set(), settings });
    if (!(await store.recordExpiry(run, spoken, decision, now))) continue;
    const { reason, detail } = decision;
    logger.info({ event: event.id, rule: run.rule, reason, detail }, NOTES[each.due]);
    if (decision.actions.length > 0) onQueued();
  }
}

async function decideOrGiveUp(due: DueRun, facts: Facts, context: ActContext): Promise<Decision> {
  try {
    return await decideDue(due, facts, context);
  } catch (error) {
    return failedRun(due.run, error);
  }
}
