import { readFile } from 'node:fs/promises';
import { type Decision, NO_TRACE, present } from '../../domain/decision.js';
import { isWork, type WaitingRun } from '../../domain/funnel.js';
import { LIMITS } from '../../domain/limits.js';
import { type Clock, type Millis, SECOND } from '../../domain/time.js';
import type { DueWork } from '../../domain/due-work.js';
import { type CodeStep, codesIn, type FetchStep, type WorkResult } from '../../domain/work.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { FunnelStore } from '../../store/ports/funnels.js';
import type { JournalStore } from '../../store/ports/journal.js';
import type { WorkStore } from '../../store/ports/work.js';
import type { ComposeContext } from '../compose/compose.js';
import { needsLanguage } from '../compose/phrase.js';
import { actedOn, composeContext, GONE, silence, type Subject } from '../decision/decision.js';
import { endOf, isTakenOver } from '../funnel/claim.js';
import { afterWork, speakerOf } from '../funnel/continue.js';
import { asMessage, failedRun } from '../funnel/expire.js';
import { whyNot } from '../funnel/objection.js';
import { stepOf } from '../funnel/wait.js';
import type { DecisionSettings } from '../decision/settings.js';
import { fetchOnce, type FetchParts, isRepeatable, MOST_TRIES } from './fetch.js';

export interface WorkParts extends Omit<FetchParts, 'key'> {
  readonly store: WorkStore & Pick<FunnelStore, 'recordExpiry'> & Pick<JournalStore, 'factsFor'>;
  readonly clock: Clock;
  readonly set: () => CompiledSet;
  readonly settings: DecisionSettings;
}

/** Waits before the second and third attempt. */
const RETRY_AFTER: readonly Millis[] = [2 * SECOND, 15 * SECOND];

/** Does the work of a run, and continues it. Returns null if the run has changed, or is retried later. */
export async function doWork(work: DueWork, parts: WorkParts): Promise<Decision | null> {
  const { store, clock, set, settings } = parts;
  const { run, event } = work;
  const said = needsLanguage(set(), settings);
  if (said) await set().languages.prepare(true);
  const now = clock();
  const facts = await store.factsFor(event, now, {
    ...{ answers: LIMITS.answerMemory, mode: 'live' },
    said,
  });
  const spoken = asMessage(event, facts);
  const done = await decisionOf(work, { event: spoken, facts, set: set(), settings }, parts);
  if (done === 'later') return null;
  const noted = done.detail === null ? done : { ...done, work: done.detail };
  return (await store.recordExpiry(run, spoken, noted, clock())) ? noted : null;
}

async function decisionOf(work: DueWork, subject: Subject, parts: WorkParts): Promise<Decision | 'later'> {
  const { run } = work;
  if (isTakenOver(run, subject.facts)) {
    const detail = 'a human wrote in the conversation';
    return {
      ...silence('human_active', detail, NO_TRACE, run.rule),
      runs: [endOf(run, 'human', detail)],
    };
  }
  const context = composeContext(subject);
  const step = stepOf(run);
  if (context === null || step === null || !isWork(step)) {
    return { ...silence('failed', GONE, NO_TRACE, run.rule), runs: [endOf(run, 'failed', GONE)] };
  }
  const result = await (step.type === 'code'
    ? codeFor(step, work, parts)
    : fetchFor(step, work, { context, parts }));
  if (result === 'later') return result;
  try {
    return continued(run, subject, await afterWork(run, step, result, context));
  } catch (error) {
    return failedRun(run, error);
  }
}

/** The decision that continues a run, as far as the guards allow. Fields and tags are stored in any case. */
function continued(run: WaitingRun, subject: Subject, next: Awaited<ReturnType<typeof afterWork>>): Decision {
  const { refused, effects, note } = next;
  if (refused !== null) {
    return { ...silence(refused.reason, refused.detail, NO_TRACE, run.rule), ...present(next) };
  }
  const why = next.actions.length === 0 ? null : whyNot(subject);
  if (why !== null) {
    const runs = [endOf(run, 'failed', `${why.reason}: ${why.note}`)];
    return {
      ...silence(why.reason, `${note}; ${why.note}`, NO_TRACE, run.rule),
      ...present({ effects, runs }),
    };
  }
  return {
    ...{ rule: run.rule, ...actedOn(subject, next.actions), detail: note },
    ...present(next),
    ...{ optOut: null, trace: NO_TRACE },
  };
}

/** A code of the pool: the same again if the contact has one, also after a crash before the run continued. */
async function codeFor(
  { pool, file, save, low }: CodeStep,
  { run, event, tries }: DueWork,
  { store, clock }: WorkParts,
): Promise<WorkResult | 'later'> {
  const codes = await codesOf(file);
  if (codes === null) {
    const note = `code: ${pool} cannot be read`;
    if (tries + 1 >= MOST_TRIES) return { ok: false, note };
    await store.beginWork(run);
    await store.putOffWork(run, clock() + (RETRY_AFTER[tries] ?? 0));
    return 'later';
  }
  const { code, left } = await store.takeCode({ event, pool, codes, low }, clock());
  if (code === null) return { ok: false, note: `code: none is left in ${pool}` };
  return { ok: true, fields: { [save]: code }, note: `code: one of ${pool}, ${left} left` };
}

async function codesOf(file: string): Promise<readonly string[] | null> {
  try {
    return codesIn(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * An attempt is counted before it begins. A request that must not reach the service twice, and whose attempt was
 * begun before a crash, counts as failed: whether it arrived is unknown.
 */
async function fetchFor(
  step: FetchStep,
  { run, event, tries }: DueWork,
  { context, parts }: { readonly context: ComposeContext; readonly parts: WorkParts },
): Promise<WorkResult | 'later'> {
  const { store, clock } = parts;
  const mayRepeat = isRepeatable(step);
  if (!mayRepeat && tries > 0)
    return { ok: false, note: 'fetch: the program stopped during the request, whose outcome is unknown' };
  if (tries >= MOST_TRIES) return { ok: false, note: `fetch: given up after ${MOST_TRIES} attempts` };
  if (!(await store.beginWork(run))) return 'later';
  const key = `${event.id}/${run.rule}/${run.id}/${run.step}`;
  const fetched = await fetchOnce(step, speakerOf(run), context, { ...parts, key });
  // After a stop the next start continues. What was received before it counts.
  if (fetched === 'stopped') return 'later';
  if (fetched.ok || fetched.mayRetry !== true || !mayRepeat) return fetched;
  if (tries + 1 >= MOST_TRIES)
    return { ...fetched, note: `${fetched.note}; given up after ${MOST_TRIES} attempts` };
  await store.putOffWork(run, clock() + (RETRY_AFTER[tries] ?? 0));
  return 'later';
}
