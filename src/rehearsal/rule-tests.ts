import type { Config } from '../domain/config.js';
import { type ContactState, withEffect } from '../domain/contact-state.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { ActionType } from '../domain/rule.js';
import type { Facts } from '../domain/facts.js';
import { formatDuration, formatInstant, type Instant, type Millis, MINUTE } from '../domain/time.js';
import { createHistory, keepsTexts } from './history.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { joined } from '../engine/settle.js';
import { compileRegex } from '../engine/text/regex.js';
import type { Expectation, TextExpectation } from '../rules/expectation.js';
import type { RuleTest, TestEvent } from '../rules/tests.js';
import { createSettlingMemory } from './settling.js';
import { type Rehearsal, type Rehearsed, rehearse, type RehearseParts, rehearseWait } from './rehearse.js';
import { conversationOf } from './people.js';

export interface TestOutcome {
  readonly test: RuleTest;
  /** Differences between expected and actual results, one sentence each; empty if the test passed. */
  readonly failures: readonly string[];
  /**
   * The decision about the first event that failed, else about the last; null if an event could not be
   * rehearsed.
   */
  readonly last: Rehearsed | null;
  /** All decisions of the test, for coverage. */
  readonly rehearsed: readonly Rehearsed[];
}

/**
 * Runs a rule's test: its events in order, in a history of their own. An event without a time happens at
 * `now`.
 */
export async function runRuleTest(
  test: RuleTest,
  { config, set, now }: { readonly config: Config; readonly set: CompiledSet; readonly now: Instant },
): Promise<TestOutcome> {
  const history = createHistory(startOf(test, now), keepsTexts(config, set));
  const steps: (readonly Rehearsed[])[] = [];
  const settled = new Map<InboundEvent | undefined, Rehearsed>();
  const settling = createSettlingMemory(({ events, decision, facts }) => {
    settled.set(events.at(-1), { event: joined(events), decision, facts });
  });
  const all = () => steps.map((step) => step.map((each) => settled.get(each.event) ?? each));
  const times = timesOf(test, now);
  const parts = { config, set, history, settling };
  for (const [index, event] of test.events.entries()) {
    try {
      steps.push(await take(event, index, times[index] ?? now, parts));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const rehearsed = all();
      const { failures } = judged(test, rehearsed);
      return {
        test,
        failures: [...failures, `${stepOf(test, index)}${error.message}`],
        last: null,
        rehearsed: rehearsed.flat(),
      };
    }
  }
  await settling.decideDue(Infinity);
  const rehearsed = all();
  return { test, ...judged(test, rehearsed), rehearsed: rehearsed.flat() };
}

/**
 * Time of each step. In a test with waits, an event without a time happens at the current test clock, else at
 * `now`.
 */
function timesOf({ events }: RuleTest, now: Instant): readonly Instant[] {
  const hasWaits = events.some(({ wait }) => wait !== null);
  let clock = events.find(({ at }) => at !== null)?.at ?? now;
  return events.map(({ at, wait }) => {
    clock = wait === null ? (at ?? clock) : clock + wait;
    return hasWaits ? clock : (at ?? now);
  });
}

/**
 * An event results in one decision. A wait results in one decision for each question that times out during the
 * wait or exactly at its end.
 */
async function take(
  event: TestEvent,
  index: number,
  clock: Instant,
  parts: RehearseParts,
): Promise<readonly Rehearsed[]> {
  return event.wait === null
    ? [await rehearse(toRehearsal(event, clock), index, parts)]
    : rehearseWait(clock + 1, parts);
}

/** Collects failed expectations, and the first outcome that failed, else the last. */
function judged(
  test: RuleTest,
  steps: readonly (readonly Rehearsed[])[],
): Pick<TestOutcome, 'failures' | 'last'> {
  const failures: string[] = [];
  let last: Rehearsed | null = null;
  for (const [index, step] of test.events.entries()) {
    const outcomes = steps[index];
    if (outcomes === undefined) break;
    const outcome = outcomes.find(({ decision }) => decision.actions.length > 0) ?? outcomes.at(-1) ?? null;
    if (failures.length === 0) last = outcome ?? last;
    failures.push(...missedBy(step, outcome).map((failure) => `${stepOf(test, index)}${failure}`));
  }
  return { failures: last ? failures : ['the test has no event'], last };
}

function missedBy({ expect, wait }: TestEvent, outcome: Rehearsed | null): readonly string[] {
  if (expect === null) return [];
  if (outcome !== null) return failuresOf(expect, outcome);
  return expect.silent
    ? []
    : [`expected something to happen, but nothing was due in ${formatDuration(wait ?? 0)}`];
}

function stepOf({ events }: RuleTest, index: number): string {
  return events.length === 1 ? '' : `event ${index + 1}: `;
}

/** The history before the first event, for the contact, conversation and post of that event. */
function startOf({ given, events }: RuleTest, now: Instant): Partial<Facts> {
  const [first] = events;
  const at = first?.at ?? now;
  const { replied, isKnown, humanAgo, optedOut, paused, privateReplyBy, branch, work, state } = given;
  const times = replied.map(({ ago }) => at - ago).sort((a, b) => a - b);
  const conversationId = first?.kind === 'message' ? conversationOf(contactOf(first).id) : null;
  return {
    firstContact: !isKnown,
    replies: replied.map(({ rule, ago }) => {
      return { rule, conversationId, postId: first?.post ?? null, at: at - ago, times: 1, isShadow: false };
    }),
    recentAnswers: times,
    lastDisclosedAt: times.at(-1) ?? null,
    lastHumanAt: humanAgo === null ? null : at - humanAgo,
    optedOutAt: optedOut ? at - MINUTE : null,
    pause: paused ? { scope: 'all', until: Infinity } : null,
    privateReplyHeldBy: privateReplyBy,
    ...(branch !== null && { branch }),
    given: work,
    ...state,
  };
}

function toRehearsal(event: TestEvent, now: Instant): Rehearsal {
  const at = event.at ?? now;
  return {
    kind: event.kind,
    platform: event.platform ?? undefined,
    account: event.account ?? undefined,
    text: event.text,
    at,
    decidedAt: at + event.decidedAfter,
    contact: contactOf(event),
    post: event.post ?? undefined,
    isReply: event.isReply,
    direction: event.isOwn ? 'outgoing' : 'incoming',
  };
}

/** Events of one test are from the same person, unless set otherwise. */
function contactOf({ contact: { id, name, username } }: TestEvent) {
  return {
    id: id ?? username ?? name ?? 'contact',
    name: name ?? undefined,
    username: username ?? undefined,
  };
}

function failuresOf(expect: Expectation, { decision, facts }: Rehearsed): string[] {
  if (expect.silent) {
    return decision.actions.length === 0 ? [] : [`expected silence, got ${said(decision)}`];
  }
  const failures = expect.rule === null ? [] : ruleFailures(expect.rule, expect.reason, decision);
  if (expect.reason !== null && decision.reason !== expect.reason) {
    failures.push(`expected reason ${expect.reason}, got ${decision.reason}${detailOf(decision)}`);
  }
  for (const [type, expected] of Object.entries(expect.texts) as [ActionType, TextExpectation][]) {
    failures.push(...textFailures(type, expected, decision));
  }
  failures.push(...stateFailures(expect.state, facts, decision));
  if (expect.notBefore) failures.push(...tooEarly(expect.notBefore, decision, facts.now));
  return failures;
}

function stateFailures(expected: ContactState, before: ContactState, { effects = [] }: Decision): string[] {
  const { tags, fields } = effects.reduce((state, effect) => withEffect(state, effect), before);
  const missing = expected.tags.filter((tag) => !tags.includes(tag));
  const has = tags.length === 0 ? 'none' : tags.join(', ');
  return [
    ...(missing.length === 0 ? [] : [`expected the tags ${missing.join(', ')}, got ${has}`]),
    ...Object.entries(expected.fields).flatMap(([name, text]) =>
      isSame(fields[name], text)
        ? []
        : [
            `expected the field ${name} to be ${JSON.stringify(text)}, got ${JSON.stringify(fields[name] ?? null)}`,
          ],
    ),
  ];
}

function tooEarly(
  notBefore: { readonly after: Millis } | { readonly at: Instant },
  { actions, reason }: Decision,
  now: Instant,
): string[] {
  const earliest = 'at' in notBefore ? notBefore.at : now + notBefore.after;
  if (actions.length === 0)
    return [`expected a send not before ${formatInstant(earliest)}, got none (${reason})`];
  const first = now + Math.min(...actions.map(({ delay }) => delay));
  return first >= earliest
    ? []
    : [`expected no send before ${formatInstant(earliest)}, got one at ${formatInstant(first)}`];
}

/** Naming a rule means that it acts, unless a reason is expected as well. */
function ruleFailures(rule: string, reason: string | null, decision: Decision): string[] {
  const isActing = decision.actions.some((action) => action.rule === rule);
  if (decision.rule !== rule && !isActing)
    return [`expected rule ${rule}, got ${decision.rule ?? 'none'} (${decision.reason})`];
  if (reason !== null || decision.actions.length > 0) return [];
  return [`expected rule ${rule} to act, but it did not: ${decision.reason}${detailOf(decision)}`];
}

function textFailures(type: ActionType, expected: TextExpectation, { actions, reason }: Decision): string[] {
  const text = textOf(type, actions);
  if (text === null) return [`expected a ${type}, got none (${reason})`];
  const got = `got ${JSON.stringify(text)}`;
  const { equals, contains, matches } = expected;
  return [
    ...(equals === null || isSame(text, equals)
      ? []
      : [`expected the ${type} ${JSON.stringify(equals)}, ${got}`]),
    ...(contains === null || asTyped(text).includes(asTyped(contains))
      ? []
      : [`expected the ${type} to contain ${JSON.stringify(contains)}, ${got}`]),
    ...(matches === null || finds(matches, text)
      ? []
      : [`expected the ${type} to match ${matches}, ${finds(matches, asTyped(text)) ? shown(got) : got}`]),
  ];
}

/** No-break spaces, such as those in amounts of money, look like a space and are not on most keyboards. */
const NO_BREAK = /[\u00A0\u2007\u202F]/gu;

function isSame(text: string | undefined, expected: string): boolean {
  return text !== undefined && asTyped(text) === asTyped(expected);
}

function asTyped(text: string): string {
  return text.replace(NO_BREAK, ' ');
}

/** The text with its no-break spaces as codes. */
function shown(text: string): string {
  return text.replace(NO_BREAK, (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Texts of the first rule that replies; the parts of a split text are joined by line ends. */
function textOf(type: ActionType, actions: Decision['actions']): string | null {
  const ofType = actions.filter((action) => action.type === type);
  const parts = ofType.filter((action) => action.rule === ofType[0]?.rule).map((action) => action.text);
  return parts.length === 0 ? null : parts.join('\n');
}

function finds(pattern: string, text: string): boolean {
  const regex = compileRegex(pattern, { caseSensitive: true });
  return regex.ok && regex.find(text) !== null;
}

function said({ rule, actions }: Decision): string {
  return `${rule ?? 'a reply'}: ${actions.map((action) => JSON.stringify(action.text)).join(', ')}`;
}

function detailOf({ detail }: Decision): string {
  return detail === null ? '' : ` (${detail})`;
}
