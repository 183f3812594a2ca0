import { OPEN_STATES, type Send } from '../../src/domain/send.js';
import type { SandboxSend } from '../../src/sandbox/server.js';
import type { Store } from '../../src/store/ports/store.js';
import { SAME_ANSWER, type Written } from './traffic.js';
import type { JournalRow } from '../../src/store/ports/journal.js';

/** Violations, one sentence each. If all lists are empty, every promise was kept. */
export interface Verdict {
  /** Messages that should have got a reply, got none, and have no reason for it. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Sends that ended as `unknown_outcome` although read-back could have found the outcome. */
  readonly unknownForNothing: readonly string[];
  /** Events without a row or a reason, or with a reason that does not fit the outcome. */
  readonly wrongReason: readonly string[];
  /** Sends that rightly ended as `unknown_outcome`: each attempt was cut off, and none arrived. */
  readonly unknown: number;
  /** Sends that the sandbox refused for good, at once or late, and that are recorded so. */
  readonly refused: number;
  /** Sends that were sent again after an ambiguous attempt. */
  readonly resent: number;
  readonly reasons: Readonly<Record<string, number>>;
}

const MANY = 1_000_000;
/**
 * Maximum attempts of a private reply; more than of other sends, since the API refuses a second private
 * reply.
 */
const PRIVATE_RESENDS = 8;

/** Deviations that `--faults all` explains. */
export interface Excuses {
  /** True to accept any reason for messages that no rule matches, since their rows may be malformed. */
  readonly oddNoise: boolean;
  /** Messages that are judged elsewhere. @default none */
  readonly elsewhere?: ReadonlySet<string>;
}

export const NO_EXCUSE: Excuses = { oddNoise: false };

/** A message, and whether any rule applies to it. */
export type ReadMessage = Pick<Written, 'eventId'> & { readonly rule: string | null };

/** True if every message is decided, and every send has ended. */
export async function isSettled(
  store: Store,
  written: readonly ReadMessage[],
  { oddNoise }: Excuses = NO_EXCUSE,
): Promise<boolean> {
  if ((await store.summary()).undecided > 0) return false;
  if ((await store.sends({ states: OPEN_STATES, limit: 1 })).length > 0) return false;
  return (await unread(store, written, { oddNoise })).length === 0;
}

/** Messages that the journal does not have. */
export async function unread(
  store: Store,
  written: readonly ReadMessage[],
  { oddNoise }: Pick<Excuses, 'oddNoise'>,
): Promise<readonly ReadMessage[]> {
  const held = new Set((await store.journal({ limit: MANY })).map((row) => row.event.id));
  return written.filter(({ eventId, rule }) => !held.has(eventId) && !(oddNoise && rule === null));
}

/** Compares the messages of people with the sends that the sandbox accepted and with the journal. */
export async function judge(
  store: Store,
  written: readonly Written[],
  accepted: readonly SandboxSend[],
  excuses: Excuses = NO_EXCUSE,
): Promise<Verdict> {
  const rows = await store.journal({ limit: MANY });
  const sends = await store.sends({ limit: MANY });
  const verdict = { lost: [], doubled: [], unknownForNothing: [], wrongReason: [] };
  const arrived = accepted.filter(({ status }) => status !== 'failed');
  const refused = refusedOf(sends, accepted);
  judgeTexts(written, { arrived, refused }, sends, verdict);
  judgeSame(written, { arrived, refused }, sends, verdict);
  judgeReasons(written, { rows, refused, excuses }, verdict);
  const reasons: Record<string, number> = {};
  for (const { reason } of rows) reasons[reason ?? 'none'] = (reasons[reason ?? 'none'] ?? 0) + 1;
  const unknown = sends.filter((send) => send.state === 'unknown_outcome').length;
  const resent = sends.filter((send) => send.resends > 0).length;
  return { ...verdict, unknown, resent, refused: refused.size, reasons };
}

/**
 * Sends that ended as refused and really were: the sandbox marked each that it had accepted as failed. A private reply
 * whose late refusal says that the comment has its reply counts as sent after an earlier attempt that may have arrived;
 * no client can tell whose reply it is.
 */
export function refusedOf(sends: readonly Send[], accepted: readonly SandboxSend[]): ReadonlySet<Send> {
  const failed = new Set(
    accepted.flatMap(({ status, text, recipientId }) =>
      status === 'failed' ? [`${recipientId ?? ''} ${text}`, text] : [],
    ),
  );
  const mayHaveReply = ({ state, action, attempts }: Send): boolean =>
    state === 'sent' && action === 'private_reply' && attempts > 1;
  const isRefused = (send: Send): boolean =>
    (send.state === 'failed' || mayHaveReply(send)) &&
    failed.has(send.text === SAME_ANSWER ? `${send.contactId} ${send.text}` : send.text);
  const refused = new Set(sends.filter(isRefused));
  const events = new Set(
    [...refused].flatMap(({ action, eventId }) => (action === 'private_reply' ? [eventId] : [])),
  );
  // A public reply shares the outcome of the private reply of its rule.
  const publicOnes = sends.filter(
    ({ action, state, eventId }) => action === 'comment_reply' && state === 'stopped' && events.has(eventId),
  );
  return new Set([...refused, ...publicOnes]);
}

interface Ends {
  /** Sends that the sandbox accepted and did not fail. */
  readonly arrived: readonly SandboxSend[];
  readonly refused: ReadonlySet<Send>;
}

interface Findings {
  readonly lost: string[];
  readonly doubled: string[];
  readonly unknownForNothing: string[];
  readonly wrongReason: string[];
}

/** Checks that each reply that names its message was sent exactly once. */
function judgeTexts(
  written: readonly Written[],
  { arrived, refused }: Ends,
  sends: readonly Send[],
  found: Findings,
): void {
  const times = countBy(arrived, (each) => each.text);
  const rowOf = new Map(sends.map((send) => [send.text, send]));
  const named = written.filter(({ rule }) => rule !== 'same');
  for (const text of named.flatMap(({ answers }) => answers)) {
    const count = times.get(text) ?? 0;
    const send = rowOf.get(text);
    const told = `'${text}': accepted ${count} times; ${describe(send)}`;
    if (count > 1) found.doubled.push(told);
    if (count === 0 && send && refused.has(send)) continue;
    if (count === 0 && !isToldUnknown(send, sends)) found.lost.push(told);
    if (count === 1 && !hasArrived(send)) found.unknownForNothing.push(told);
  }
}

export function hasArrived(send: Send | undefined): boolean {
  return send?.state === 'sent' || send?.state === 'delivered';
}

/**
 * True if `unknown_outcome` is right: the last attempt was cut off as well. A public reply shares the outcome of the
 * private reply.
 */
export function isToldUnknown(send: Send | undefined, sends: readonly Send[]): boolean {
  if (send?.state === 'stopped' && send.action === 'comment_reply') {
    const before = sends.find((each) => each.eventId === send.eventId && each.action === 'private_reply');
    return isToldUnknown(before, sends);
  }
  if (send?.state !== 'unknown_outcome') return false;
  return send.resends >= (send.action === 'private_reply' ? PRIVATE_RESENDS : 1);
}

/** Everybody writes the same text, so only its number identifies a message. */
function judgeSame(written: readonly Written[], ends: Ends, sends: readonly Send[], found: Findings): void {
  const taken = countBy(
    ends.arrived.filter((each) => each.text === SAME_ANSWER),
    (each) => each.recipientId ?? '',
  );
  const ofSame = sends.filter((send) => send.rule === 'same');
  for (const person of new Set(written.filter(({ rule }) => rule === 'same').map((each) => each.person))) {
    const asked = written.filter((each) => each.rule === 'same' && each.person === person).length;
    const theirs = ofSame.filter((send) => send.contactId === person);
    const arrived = theirs.filter(hasArrived).length;
    const refused = theirs.filter((send) => ends.refused.has(send)).length;
    const unknown = refused + theirs.filter((send) => isToldUnknown(send, sends)).length;
    const count = taken.get(person) ?? 0;
    const told = `${person} asked ${asked} times, got ${count} answers, ${arrived} known, ${unknown} unknown`;
    if (count > asked) found.doubled.push(told);
    else if (count < arrived || arrived + unknown < asked) found.lost.push(told);
    else if (count > arrived) found.unknownForNothing.push(told);
  }
}

interface Journalled {
  readonly rows: readonly JournalRow[];
  readonly refused: ReadonlySet<Send>;
  readonly excuses: Excuses;
}

function judgeReasons(
  written: readonly Written[],
  { rows, refused, excuses }: Journalled,
  found: Findings,
): void {
  const refusedEvents = new Set([...refused].map(({ eventId }) => eventId));
  const byId = new Map(rows.map((row) => [row.event.id, row]));
  if (byId.size !== rows.length) found.wrongReason.push('an event is journalled twice');
  for (const { eventId, rule } of written) {
    const row = byId.get(eventId);
    const isExcused = (excuses.oddNoise && rule === null) || refusedEvents.has(eventId);
    if (!isExcused && !isRight(row, rule)) found.wrongReason.push(`${eventId}: ${told(row)}`);
    byId.delete(eventId);
  }
  // The other events are the account's own sends, or judged elsewhere.
  for (const [id, row] of without(byId, excuses.elsewhere)) {
    const isOdd = excuses.oddNoise && row.reason === 'unreadable';
    // A message that arrived after everything had settled may wait for the next start, since the program was stopped
    // meanwhile.
    const isUndecided = row.reason === null;
    if (row.reason !== 'own_message' && !isOdd && !isUndecided)
      found.wrongReason.push(`${id} of our own: ${told(row)}`);
  }
}

function without<T>(rows: ReadonlyMap<string, T>, ids: ReadonlySet<string> = new Set()) {
  return [...rows].filter(([id]) => !ids.has(id));
}

function isRight(row: JournalRow | undefined, rule: Written['rule']): boolean {
  const right = rule === null ? ['no_match'] : ['replied', 'unknown_outcome'];
  return right.includes(row?.reason ?? '');
}

function told(row: JournalRow | undefined): string {
  if (row === undefined) return 'not in the journal';
  return `${row.reason ?? 'no reason'} by ${row.rule ?? 'no rule'} ${row.detail ?? ''}`;
}

export function describe(send: Send | undefined): string {
  if (send === undefined) return 'no send';
  return `${send.state} after ${send.attempts} attempts and ${send.resends} resends (${send.detail ?? ''})`;
}

export function countBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
