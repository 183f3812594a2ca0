import type { AttemptResult } from '../../domain/attempt.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send, SendRoute } from '../../domain/send.js';
import { type Instant, SECOND } from '../../domain/time.js';
import { WORKER_TIMES } from '../../domain/worker-times.js';
import type { Claim } from '../../store/ports/outbox.js';
import { objectionTo } from './ask-guards.js';
import type { Refusals } from './attempt-end.js';
import { afterButtons, withoutRefusedButtons } from './buttons.js';
import { confirm } from './confirm.js';
import { type Holds, refusalsBefore } from './holds.js';
import type { KeyState } from './key-probe.js';
import { recordCheck } from './check.js';
import { post, type Request, requestOf } from './post.js';
import { findInJournal, IN_DOUBT } from './read-back.js';
import { reconcile } from './reconcile.js';
import type { Sending } from './sending.js';

/** Dependencies of attempts, and state that lives as long as the process. */
export interface Attempting extends Sending {
  readonly holds: Holds;
  readonly askKey: () => Promise<KeyState>;
  /**
   * Attempts whose end is not committed yet, by send. Their rows are `sending`, which a crash makes
   * ambiguous.
   */
  readonly unsettled: Map<number, Made>;
}

/** A finished attempt with its result. */
export interface Made {
  readonly send: Send;
  readonly outcome: AttemptResult;
  /** Error thrown before anything was sent. */
  readonly trouble?: unknown;
}

export interface Attempted {
  /** The claimed send; null if none may be sent now. */
  readonly send: Send | null;
  /** Attempts whose end is now committed: the current one, and earlier attempts whose commit had failed. */
  readonly settled: readonly Made[];
  /** Time of the next work, as far as known; null if no work is known. */
  readonly againAt: Instant | null;
}

/** Wait before the retry of a send that could not be prepared. */
export const TRY_AGAIN = SECOND;

/**
 * Makes the next attempt on a route, only for sends of `eventIds` if given. The order of the steps is defined here and
 * nowhere else:
 * - claim -> guards -> post -> settle: `attempt`; the row is `sending` from claim to settle.
 * - confirm, repeatedly: `follow`, for sends that settled as `ambiguous` or `accepted`.
 * Each step is a function that returns a value; none calls back. Throws the errors of the store at claim and
 * settle.
 */
export async function attempt(
  route: SendRoute,
  sending: Attempting,
  eventIds: readonly string[] | null = null,
): Promise<Attempted> {
  // Nothing new is sent while the store cannot save the results of the previous attempts.
  const owed = await settle(sending);
  const machine = Date.now();
  const claim = await claimNext(route, sending, eventIds);
  if (claim.send === null) return { send: null, settled: owed, againAt: againAt(owed, claim.retryAt) };
  const { send } = claim;
  const refusals = await refusalsBefore(send, sending);
  const checked = await checkOnceMore(send, sending, machine);
  const made =
    'request' in checked
      ? { send: checked.send, outcome: await postOne(checked, refusals, sending) }
      : { send, ...checked };
  sending.holds.note(send.route, made.outcome, refusals.route);
  sending.unsettled.set(send.id, made);
  const settled = [...owed, ...(await settle(sending))];
  return { send, settled, againAt: againAt(settled, null) };
}

async function postOne(
  { request, send }: Ready,
  refusals: Refusals,
  sending: Attempting,
): Promise<AttemptResult> {
  return afterButtons(send, await post(request, { send, refusals }, sending), sending);
}

/**
 * The last step: reads an ambiguous send back, or queries the final status of an accepted one. Returns the
 * sends that ended.
 */
export async function follow(send: Send, sending: Attempting): Promise<readonly Send[]> {
  const look = await (send.state === 'ambiguous' ? reconcile : confirm)(send, sending);
  return recordCheck(send, look, sending);
}

/** Claims the next send, unless the API put the route on hold or refuses the key. */
async function claimNext(
  route: SendRoute,
  { holds, askKey, store, clock, budget }: Attempting,
  eventIds: readonly string[] | null,
): Promise<Claim> {
  const heldUntil = holds.until(route);
  if (heldUntil !== null) return { send: null, retryAt: heldUntil };
  const key = await askKey();
  if (!key.isGood) return { send: null, retryAt: key.askAt };
  return store.claimSend(route, clock(), { ...budget, margin: LIMITS.minuteMargin }, eventIds);
}

/** A send as it leaves now. */
interface Ready {
  readonly request: Request;
  readonly send: Send;
}

type Checked = Ready | Omit<Made, 'send'>;

async function checkOnceMore(send: Send, sending: Attempting, machine: Instant): Promise<Checked> {
  try {
    return await check(send, sending, machine);
  } catch (trouble) {
    // The error was thrown before the POST, so nothing was sent.
    const detail = trouble instanceof Error ? trouble.message : String(trouble);
    return { ...putBack(sending.clock() + TRY_AGAIN, detail), trouble };
  }
}

/**
 * Runs the guards once more, at the last moment. Returns the request, or the end of the attempt without one.
 * `machine` is the machine's time when the claim began.
 */
async function check(send: Send, sending: Attempting, machine: Instant): Promise<Checked> {
  const { accounts, clock, claimedMost = WORKER_TIMES.claimedMost } = sending;
  const account = accounts.get(send.account);
  if (!account) {
    const detail = `${send.account} is no longer in the configuration`;
    return ended({ state: 'stopped', reason: 'blocked_account', detail });
  }
  const arrived = send.resends > 0 ? await arrivedBefore(send, sending) : null;
  if (arrived) return ended(arrived);
  const objection = await objectionTo(send, sending);
  if (objection) return ended({ state: 'stopped', ...objection });
  const ready = await withoutRefusedButtons(send, account, sending);
  const request = requestOf(ready, account, clock());
  // If this process was paused for too long, another worker may own the send by now.
  const stood = Math.max(clock() - (send.attemptedAt ?? clock()), Date.now() - machine);
  // Both clocks are compared, because the shared clock stops while the machine is suspended.
  return stood > claimedMost
    ? putBack(clock(), 'the process was paused for too long before sending')
    : { request, send: ready };
}

/** End of a resend whose first attempt arrived, or may have arrived. */
async function arrivedBefore(send: Send, sending: Attempting): Promise<AttemptResult['end'] | null> {
  const { found, doubt } = await findInJournal(send, sending);
  if (found) return { ...found, state: 'accepted', checkAt: sending.clock() };
  // A private reply is not stopped, because the API itself refuses a second one.
  if (!doubt || send.action === 'private_reply') return null;
  return { state: 'unknown_outcome', reason: 'unknown_outcome', detail: IN_DOUBT };
}

/** Commits the results of attempts, and returns those committed by this call. */
async function settle({ unsettled, store, clock }: Attempting): Promise<readonly Made[]> {
  const settled: Made[] = [];
  for (const made of [...unsettled.values()]) {
    await store.endAttempt(made.send, made.outcome.end, clock());
    if (unsettled.delete(made.send.id)) settled.push(made);
  }
  return settled;
}

function againAt(settled: readonly Made[], retryAt: Instant | null): Instant | null {
  const times = settled.flatMap(({ outcome: { end } }) => [
    ...('checkAt' in end ? [end.checkAt] : []),
    ...('notBefore' in end ? [end.notBefore] : []),
    ...('block' in end ? [end.block.probeAt] : []),
  ]);
  const soonest = Math.min(retryAt ?? Infinity, ...times);
  return soonest === Infinity ? null : soonest;
}

function putBack(notBefore: Instant, detail: string): { readonly outcome: AttemptResult } {
  return ended({ state: 'pending', notBefore, detail, isUncounted: true });
}

function ended(end: AttemptResult['end']): { readonly outcome: AttemptResult } {
  return { outcome: { end, holdRoute: null } };
}
