import type { AttemptResult } from '../../domain/attempt.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send, SendRoute } from '../../domain/send.js';
import { type Instant, SECOND } from '../../domain/time.js';
import { WORKER_TIMES } from '../../domain/worker-times.js';
import type { Claim } from '../../store/ports/outbox.js';
import { objectionTo } from './ask-guards.js';
import { confirm } from './confirm.js';
import { type Holds, refusalsBefore } from './holds.js';
import type { KeyState } from './key-probe.js';
import { recordCheck } from './check.js';
import { post, type Request, requestOf } from './post.js';
import { findInJournal, IN_DOUBT } from './read-back.js';
import { reconcile } from './reconcile.js';
import type { Sending } from './sending.js';

/** What attempts work with, and what they remember as long as the process lives. */
export interface Attempting extends Sending {
  readonly holds: Holds;
  readonly askKey: () => Promise<KeyState>;
  /** Attempts whose end is not committed yet, by send. Their rows are `sending`, and after a crash ambiguous. */
  readonly unsettled: Map<number, Made>;
}

/** An attempt that was made, and how it ended. */
export interface Made {
  readonly send: Send;
  readonly outcome: AttemptResult;
  /** What was thrown before anything left. */
  readonly trouble?: unknown;
}

export interface Attempted {
  /** The send that was claimed; null: nothing may leave now. */
  readonly send: Send | null;
  /** Attempts whose end is committed by now: this one, and earlier ones that the store had not taken. */
  readonly settled: readonly Made[];
  /** When there is something to do again; null: not for all that is known. */
  readonly againAt: Instant | null;
}

/** How soon what could not be prepared is tried again. */
export const TRY_AGAIN = SECOND;

/**
 * Makes the attempt that is next on a route. This file is the order, and the only place where it stands:
 *
 *   claim -> guards -> post -> settle            `attempt`; the row is `sending` from claim to settle
 *   confirm, as often as it takes                `follow`, of what settled as `ambiguous` or `accepted`
 *
 * Each step is a function that returns a value; none calls back. Throws what the store throws at claim and settle.
 */
export async function attempt(route: SendRoute, sending: Attempting): Promise<Attempted> {
  // Nothing new leaves while the store cannot keep how the last ones went.
  const owed = await settle(sending);
  const machine = Date.now();
  const claim = await claimNext(route, sending);
  if (claim.send === null) return { send: null, settled: owed, againAt: againAt(owed, claim.retryAt) };
  const { send } = claim;
  const refusals = await refusalsBefore(send, sending);
  const checked = await checkOnceMore(send, sending, machine);
  const made =
    'request' in checked
      ? { send, outcome: await post(checked.request, { send, refusals }, sending) }
      : { send, ...checked };
  sending.holds.note(send.route, made.outcome, refusals.route);
  sending.unsettled.set(send.id, made);
  const settled = [...owed, ...(await settle(sending))];
  return { send, settled, againAt: againAt(settled, null) };
}

/** The last step: reads an ambiguous send back, or asks for the final status of an accepted one. Returns what ended. */
export async function follow(send: Send, sending: Attempting): Promise<readonly Send[]> {
  const look = await (send.state === 'ambiguous' ? reconcile : confirm)(send, sending);
  return recordCheck(send, look, sending);
}

/** The send that is next, unless the API asked to leave the route alone or refuses the key. */
async function claimNext(
  route: SendRoute,
  { holds, askKey, store, clock, budget }: Attempting,
): Promise<Claim> {
  const heldUntil = holds.until(route);
  if (heldUntil !== null) return { send: null, retryAt: heldUntil };
  const key = await askKey();
  if (!key.isGood) return { send: null, retryAt: key.askAt };
  return store.claimSend(route, clock(), { ...budget, margin: LIMITS.minuteMargin });
}

type Checked = { readonly request: Request } | Omit<Made, 'send'>;

async function checkOnceMore(send: Send, sending: Attempting, machine: Instant): Promise<Checked> {
  try {
    return await check(send, sending, machine);
  } catch (trouble) {
    // It was thrown before the POST, so nothing has left.
    const detail = trouble instanceof Error ? trouble.message : String(trouble);
    return { ...putBack(sending.clock() + TRY_AGAIN, detail), trouble };
  }
}

/**
 * Asks the guards once more, at the last moment. Gives the request, or how the attempt ends without one. `machine`: when
 * the claim began, by the machine's clock.
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
  const request = requestOf(send, account);
  // This process was paused for a while, and somebody else may own the send by now.
  const stood = Math.max(clock() - (send.attemptedAt ?? clock()), Date.now() - machine);
  // By both clocks: the shared one stands still with a machine that is suspended.
  return stood > claimedMost ? putBack(clock(), 'the program stood still before it was sent') : { request };
}

/** The end of a send that is to be sent again, if its first attempt did arrive or may have. */
async function arrivedBefore(send: Send, sending: Attempting): Promise<AttemptResult['end'] | null> {
  const { found, doubt } = await findInJournal(send, sending);
  if (found) return { ...found, state: 'accepted', checkAt: sending.clock() };
  // The API itself refuses a second private reply.
  if (!doubt || send.action === 'private_reply') return null;
  return { state: 'unknown_outcome', reason: 'unknown_outcome', detail: IN_DOUBT };
}

/** Commits what attempts ended with, and gives those that this call committed. */
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
