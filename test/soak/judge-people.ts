import { HUMAN_RULE } from '../../src/domain/rule.js';
import type { Reason } from '../../src/domain/reason.js';
import { NOT_ARRIVED, OPEN_STATES, type Send } from '../../src/domain/send.js';
import { type Instant, SECOND } from '../../src/domain/time.js';
import type { SandboxSend } from '../../src/sandbox/server.js';
import type { Store } from '../../src/store/ports/store.js';
import type { GuestMessage } from './guests.js';
import { countBy, describe, hasArrived, isToldUnknown, refusedOf } from './judge.js';
import type { DraftAct, HandAct } from './operators.js';

/** Numbers of what people did, and violations of the promises about it, one sentence each. */
export interface PeopleVerdict {
  readonly wrong: readonly string[];
  /** Messages of guests. */
  readonly messages: number;
  /** Drafts by their end. */
  readonly drafts: Readonly<Record<string, number>>;
  /** Replies by hand by their end; `not written`: the program refused them, or ended before. */
  readonly hands: Readonly<Record<string, number>>;
  /** Changes and replies by the response to them. */
  readonly answers: Readonly<Record<string, number>>;
  /** Automatic replies that were stopped because a person wrote. */
  readonly stoppedForHuman: number;
}

export interface PeopleTraffic {
  readonly messages: readonly GuestMessage[];
  readonly drafts: readonly DraftAct[];
  readonly hands: readonly HandAct[];
}

const MANY = 1_000_000;

/** All that is known about the guests and the operators at the end. */
interface Known extends PeopleTraffic {
  readonly sends: readonly Send[];
  readonly refused: ReadonlySet<Send>;
  /** Sends that the sandbox accepted and did not fail. */
  readonly arrived: readonly SandboxSend[];
  readonly reasons: ReadonlyMap<string, Reason | null>;
  readonly wrong: string[];
}

/**
 * Compares the changes and replies of people with the outbox, the journal and the sends that the sandbox accepted: each
 * draft ends once, as somebody wanted or for a reason; what was approved or written by hand was sent once, what was
 * dropped never, and nothing automatic after a person wrote.
 */
export async function judgePeople(
  store: Store,
  traffic: PeopleTraffic,
  accepted: readonly SandboxSend[],
): Promise<PeopleVerdict> {
  const { messages, drafts, hands } = traffic;
  const ids = new Set(messages.map(({ eventId }) => eventId));
  const all = await store.sends({ limit: MANY });
  const sends = all.filter(({ eventId }) => ids.has(eventId));
  const rows = await store.journal({ limit: MANY });
  const known: Known = {
    ...traffic,
    sends,
    refused: refusedOf(sends, accepted),
    arrived: accepted.filter(({ status }) => status !== 'failed'),
    reasons: new Map(rows.map(({ event, reason }) => [event.id, reason])),
    wrong: [],
  };
  const automatic = sends.filter(({ rule }) => rule !== HUMAN_RULE);
  for (const message of messages) judgeMessage(message, known);
  for (const hand of hands) judgeHand(hand, known);
  judgePairs(known);
  judgeOverHuman(automatic, known);
  await judgeAudit(store, known);
  const answers = [
    ...drafts.map((act) => `${act.do} ${act.answer}`),
    ...hands.map((each) => `reply ${each.answer}`),
  ];
  return {
    wrong: known.wrong,
    messages: messages.length,
    drafts: record(automatic.filter(isFirstOfDraft).map(endOf)),
    hands: record(hands.map(({ text }) => endOf(sends.find((send) => send.text === text)))),
    answers: record(answers),
    stoppedForHuman: automatic.filter(({ state, reason }) => state === 'stopped' && reason === 'human_active')
      .length,
  };
}

function judgeMessage(message: GuestMessage, known: Known): void {
  const { eventId, rule } = message;
  judgeReason(message, known);
  const sends = known.sends.filter((send) => send.eventId === eventId && send.rule === rule);
  const acts = known.drafts.filter((act) => act.eventId === eventId && act.answer !== 'refused');
  const ends = acts.filter(isEnd);
  if (ends.length > 1) known.wrong.push(`${eventId}: its draft ended ${ends.length} times`);
  for (const send of sends) {
    if (rule === 'echo') judgeArrival(send, [send.text], known);
    else judgeDraft(send, message, { acts, end: ends[0], known });
  }
}

/** A message without a send has a person's reply as its reason. */
function judgeReason({ eventId, rule, person }: GuestMessage, known: Known): void {
  const { wrong, reasons, sends } = known;
  const reason = reasons.get(eventId) ?? null;
  if (reason === null || reason === 'awaiting_approval' || reason === 'queued')
    wrong.push(`${eventId} did not end: ${reason ?? 'no reason'}`);
  if (sends.some((send) => send.eventId === eventId && send.rule === rule)) return;
  // A reply by hand to the message itself is its outcome.
  const isByHand = sends.some((send) => send.eventId === eventId && send.rule === HUMAN_RULE);
  if (!(isByHand || reason === 'human_active') || !wasWrittenTo(person, known))
    wrong.push(`${eventId} of ${person} got no reply, for no reason: ${reason ?? 'none'}`);
}

/** True if the draft certainly ended by this change. */
function isEnd(act: DraftAct): boolean {
  return act.do !== 'edit' && act.answer === 'done';
}

interface Judged {
  /** Changes of the draft that were not refused. */
  readonly acts: readonly DraftAct[];
  /** The change that ended the draft; undefined if none certainly did. */
  readonly end: DraftAct | undefined;
  readonly known: Known;
}

function judgeDraft(send: Send, message: GuestMessage, { acts, end, known }: Judged): void {
  const { state } = send;
  const texts = [message.texts[send.action] ?? '', ...acts.flatMap((act) => act.texts.get(send.id) ?? [])];
  const approvals = acts.filter((act) => act.do === 'approve' && (end === undefined || act === end));
  const arrived = known.arrived.filter(({ text }) => texts.includes(text));
  for (const { text } of arrived) {
    if (!approvals.some((act) => act.texts.get(send.id) === text))
      known.wrong.push(`'${text}' was sent, and nobody approved it; ${describe(send)}`);
  }
  const isWithdrawn = state === 'discarded' || state === 'stopped';
  if (end?.do === 'approve' || arrived.length > 0 || (approvals.length > 0 && !isWithdrawn))
    judgeArrival(send, texts, known);
  else judgeEnd(send, message, { acts, end, known });
}

/** Checks that a draft whose text did not leave was dropped, or ended by itself. */
function judgeEnd(send: Send, message: GuestMessage, { acts, end, known }: Judged): void {
  const { state, reason } = send;
  const isDropped = state === 'discarded' && acts.some((act) => act.do === 'drop');
  const isRight = end?.do === 'drop' ? isDropped : isDropped || endedByItself(send, message, known);
  if (!isRight)
    known.wrong.push(
      `${message.eventId}: its draft ended for no reason: ${describe(send)}, ${reason ?? 'no reason'}`,
    );
}

/** True if the draft ended because somebody wrote: a person of the shop, or the contact once more. */
function endedByItself(
  { state, reason }: Send,
  { account, person, eventId }: GuestMessage,
  known: Known,
): boolean {
  if (state !== 'stopped') return false;
  if (reason === 'human_active') return wasWrittenTo(person, known);
  const others = known.messages.filter((each) => each.account === account && each.person === person);
  return reason === 'superseded' && others.some((each) => each.eventId !== eventId);
}

/** Checks that a text that should have left arrived once, in one of its versions, and that its row has that outcome. */
function judgeArrival(
  send: Send,
  texts: readonly string[],
  { arrived, wrong, ...known }: Omit<Known, 'reasons'>,
): void {
  const count = arrived.filter(({ text }) => texts.includes(text)).length;
  const told = `'${send.text}': accepted ${count} times; ${describe(send)}, ${send.reason ?? 'no reason'}`;
  const isStopped = isStoppedForHuman(send, known);
  if (count > 1) wrong.push(`doubled ${told}`);
  if ((OPEN_STATES as readonly string[]).includes(send.state)) wrong.push(`not ended ${told}`);
  if (count === 1 && !hasArrived(send) && !(isStopped && send.resends > 0))
    wrong.push(`unknown for nothing ${told}`);
  if (count === 0 && !isStopped && !hasReason(send, { arrived, ...known })) wrong.push(`lost ${told}`);
}

/** True if the program had a reason for not sending, or reports the outcome as unknown. */
function hasReason(send: Send, known: Pick<Known, 'sends' | 'arrived' | 'refused'>): boolean {
  const ofRule = known.sends.filter(({ rule }) => rule === send.rule);
  return known.refused.has(send) || isToldUnknown(send, ofRule) || wasUsed(send, known);
}

/** True if the only private reply to the comment was used: an earlier one had arrived, which the program does not know. */
function wasUsed(
  { id, eventId, reason }: Send,
  { sends, arrived }: Pick<Known, 'sends' | 'arrived'>,
): boolean {
  const others = sends.filter((each) => each.eventId === eventId && each.id !== id);
  const texts = new Set(others.filter(({ action }) => action === 'private_reply').map(({ text }) => text));
  return reason === 'private_reply_used' && arrived.some(({ text }) => texts.has(text));
}

function isStoppedForHuman({ state, reason, rule, contactId }: Send, known: Pick<Known, 'hands'>): boolean {
  return (
    state === 'stopped' && reason === 'human_active' && rule !== HUMAN_RULE && wasWrittenTo(contactId, known)
  );
}

/** True if an operator wrote to the person, or may have. */
function wasWrittenTo(person: string, { hands }: Pick<Known, 'hands'>): boolean {
  return hands.some((hand) => hand.person === person && hand.answer !== 'refused');
}

function judgeHand({ text, answer }: HandAct, known: Known): void {
  const send = known.sends.find((each) => each.text === text);
  if (send !== undefined && answer !== 'refused') {
    judgeArrival(send, [text], known);
    return;
  }
  const isSent = known.arrived.some((each) => each.text === text);
  if (send !== undefined || isSent) known.wrong.push(`'${text}' was refused, and is ${describe(send)}`);
  else if (answer === 'done') known.wrong.push(`lost '${text}': it was taken, and is not in the outbox`);
}

/** Checks that of replies to the same state of a conversation one was taken at most. */
function judgePairs({ hands, sends, wrong }: Known): void {
  const texts = new Set(sends.map(({ text }) => text));
  const taken = hands.filter(({ text }) => texts.has(text));
  for (const [pair, count] of countBy(taken, (hand) => String(hand.pair))) {
    if (count > 1) wrong.push(`reply ${pair} was taken ${count} times`);
  }
}

/** The guards run after the claim: what was claimed after a person's reply was taken must not have left. */
function judgeOverHuman(automatic: readonly Send[], { hands, sends, arrived, wrong }: Known): void {
  const attempted = new Map(automatic.map((send) => [send.text, send]));
  const ofText = new Map(sends.map((send) => [send.text, send]));
  for (const { text, account, person, answeredAt } of hands) {
    const own = ofText.get(text);
    // A reply by hand that never left silences nobody.
    if (own === undefined || isNotArrived(own)) continue;
    for (const each of arrived) {
      const send = attempted.get(each.text);
      if (send?.account !== account || send.contactId !== person) continue;
      if (leftAfter(send, each.at, answeredAt))
        wrong.push(
          `'${each.text}' was sent over '${text}', ${each.at - answeredAt} ms later; ${describe(send)}`,
        );
    }
  }
}

function isNotArrived({ state }: Send): boolean {
  return (NOT_ARRIVED as readonly string[]).includes(state);
}

/** An attempt from before may arrive while a second one is stopped. */
function leftAfter({ attemptedAt, attempts }: Send, arrivedAt: Instant, answeredAt: Instant): boolean {
  const slack = attempts > 1 ? SECOND : 0;
  return arrivedAt > answeredAt + slack && (attemptedAt ?? 0) > answeredAt;
}

/** Each reply and each end of a draft is one entry of the audit trail, by who asked for it. */
async function judgeAudit(store: Store, { drafts, hands, sends, wrong }: Known): Promise<void> {
  const entries = await store.audit();
  const ends = entries.filter(({ action }) => action === 'draft_approve' || action === 'draft_drop');
  for (const [subject, count] of countBy(ends, (entry) => entry.subject)) {
    if (count > 1) wrong.push(`the draft of ${subject} ended ${count} times`);
  }
  const isMaybe = (act: DraftAct): boolean => act.answer === 'lost' && act.do !== 'edit';
  const [least, more] = [drafts.filter(isEnd).length, drafts.filter(isMaybe).length];
  if (ends.length < least || ends.length > least + more)
    wrong.push(`${ends.length} ends of drafts in the audit trail; ${least} done, ${more} without a response`);
  for (const { text, by } of hands) {
    const send = sends.find((each) => each.text === text);
    const entry = entries.filter(
      ({ action, subject }) => action === 'reply' && subject === `send ${send?.id ?? 0}`,
    );
    if (send && (entry.length !== 1 || entry[0]?.by !== by))
      wrong.push(`'${text}' of ${by} is in the audit trail as ${JSON.stringify(entry)}`);
  }
}

function isFirstOfDraft({ rule, action }: Send): boolean {
  return rule === 'quote' || (rule === 'catalogue' && action === 'private_reply');
}

function endOf(send: Send | undefined): string {
  if (send === undefined) return 'not written';
  return send.reason === null ? send.state : `${send.state} ${send.reason}`;
}

function record(values: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...countBy(values, (value) => value)].sort());
}
