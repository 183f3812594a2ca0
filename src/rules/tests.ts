import type { EventKind, Platform } from '../domain/event.js';
import type { Place } from '../domain/rule.js';
import type { Instant, Millis } from '../domain/time.js';
import { unknownName } from '../yaml/issues.js';
import { type Path, valueAt, type YamlSource } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { RuleContext } from './context.js';
import { type Expectation, toExpectation } from './expectation.js';
import { type Given, toGiven } from './given.js';
import type { RawEvent, RawTest } from './test-schema.js';

/** An event of a test, or a wait. The test runner chooses null values. */
export interface TestEvent {
  /** Time that passes without an event; null for an event. */
  readonly wait: Millis | null;
  readonly kind: EventKind;
  readonly platform: Platform | null;
  readonly account: string | null;
  readonly text: string;
  readonly at: Instant | null;
  readonly contact: {
    readonly id: string | null;
    readonly name: string | null;
    readonly username: string | null;
  };
  readonly post: string | null;
  readonly isReply: boolean;
  /** True if a human of the account wrote the message. */
  readonly isOwn: boolean;
  /** Delay between writing and decision. */
  readonly decidedAfter: Millis;
  /** Expectation about this event; null if nothing is checked. */
  readonly expect: Expectation | null;
}

/** A test of the rules, from the `tests` section of a rule file. */
export interface RuleTest {
  readonly name: string;
  readonly given: Given;
  /** Events in the order in which they are decided; at least one. */
  readonly events: readonly TestEvent[];
  readonly place: Place;
}

/** Converts a test of the right shape. Reports values that make no sense to the source of the test. */
export function toTest(source: YamlSource, path: Path, raw: RawTest, context: RuleContext): RuleTest {
  if ((raw.event === undefined) === (raw.events === undefined)) {
    const message = 'a test needs `event`, or `events` for several in a row, and not both';
    source.report(path, { code: 'test-event', message, fix: 'Write event: { text: "…" }.' });
  }
  checkExpectations(source, path, raw);
  const written: readonly RawEvent[] = raw.events ?? (raw.event === undefined ? [] : [raw.event]);
  const events = written.map((event, index) => {
    const at = raw.events === undefined ? [...path, 'event'] : [...path, 'events', index];
    if (isStep(source, at, event)) checkEvent(source, at, event, context);
    const isLast = index === written.length - 1;
    const [expect, place] =
      isLast && event.expect === undefined
        ? [raw.expect, [...path, 'expect']]
        : [event.expect, [...at, 'expect']];
    return toEvent(event, expect === undefined ? null : toExpectation(source, place, expect, context));
  });
  return { name: raw.name, given: toGiven(raw.given ?? {}), events, place: source.place(path) };
}

/** True for an event, false for a wait. Reports a wait with keys of an event, and an event without a text. */
function isStep(source: YamlSource, path: Path, { wait, expect: _, ...event }: RawEvent): boolean {
  const keys = Object.keys(event).filter((key) => event[key as keyof typeof event] !== undefined);
  if (wait === undefined) {
    if (event.text === undefined) {
      const message = 'the key "text" is missing here';
      source.report(path, {
        code: 'missing-key',
        message,
        fix: 'Add text: "…", or write { wait: 2h } for time that passes.',
      });
    }
    return true;
  }
  const [key] = keys;
  if (key !== undefined) {
    const message = `${key} is about a message or comment, but this step is a wait`;
    source.report([...path, key], { code: 'test-event', message, fix: 'Make two steps of it.', at: 'key' });
  }
  return false;
}

/** A test must expect something, and may set the expectation of the last event only once. */
function checkExpectations(source: YamlSource, path: Path, { expect, events }: RawTest): void {
  const isSaid = events?.at(-1)?.expect !== undefined;
  if (expect === undefined && !events?.some((event) => event.expect !== undefined)) {
    const fix = 'Write expect: silent, or expect: { rule: … }.';
    source.report(path, { code: 'test-expect', message: 'this test expects nothing', fix });
  } else if (expect !== undefined && isSaid) {
    const message = 'the expectation of the last event is set twice, there and here';
    source.report([...path, 'expect'], {
      code: 'test-expect',
      message,
      fix: 'Keep one of the two.',
      at: 'key',
    });
  }
}

/** Reports a test that names an unknown rule. Called when all files are loaded. */
export function checkNamedRules(
  source: YamlSource,
  path: Path,
  test: RuleTest,
  ids: ReadonlySet<string>,
): void {
  const report = (at: Path, id: string | null, label: string, end: 'key' | 'value' = 'value'): void => {
    if (id === null || ids.has(id)) return;
    const shown = end === 'key' ? JSON.stringify(id) : source.describe(at);
    source.report(at, { ...unknownName(`${label}: ${shown}`, id, [...ids]), at: end });
  };
  for (const [index, { expect }] of test.events.entries()) {
    if (!expect || expect.silent) continue;
    const own = [...path, 'events', index, 'expect', 'rule'];
    report(valueAt(source.value, own) === undefined ? [...path, 'expect', 'rule'] : own, expect.rule, 'rule');
  }
  report([...path, 'given', 'private_reply'], test.given.privateReplyBy, 'private_reply');
  const at = [...path, 'given', 'replied'];
  const written = valueAt(source.value, at);
  for (const [index, { rule }] of test.given.replied.entries()) {
    if (typeof written === 'string') report(at, rule, 'replied');
    else if (Array.isArray(written)) report([...at, index], rule, 'replied');
    else report([...at, rule], rule, 'replied', 'key');
  }
}

/** Ids of the rules that a test names. */
export function namedByTest({ events, given }: RuleTest): readonly string[] {
  const expected = events.map(({ expect }) => (!expect || expect.silent ? null : expect.rule));
  const ids = [...expected, given.privateReplyBy, ...given.replied.map(({ rule }) => rule)];
  return ids.filter((id) => id !== null);
}

function checkEvent(source: YamlSource, path: Path, event: RawEvent, context: RuleContext): void {
  const { account: name, platform, kind, on } = event;
  if (kind !== undefined && on !== undefined && kind !== on) {
    const fix = 'Keep one of the two.';
    source.report([...path, 'on'], {
      code: 'test-event',
      message: '`kind` and `on` say different things',
      fix,
    });
  }
  if ((kind ?? on) === 'message' && (event.post !== undefined || event.is_reply === true)) {
    const message = 'a message has no post and is not a reply to a comment';
    source.report(path, {
      code: 'test-event',
      message,
      fix: 'Write kind: comment, or remove post and is_reply.',
    });
  }
  if (name === undefined) return;
  const account = context.accounts.find((each) => each.name === name);
  const at = [...path, 'account'];
  if (account === undefined) {
    const names = context.accounts.map((each) => each.name);
    source.report(at, {
      ...unknownName(`account: ${source.describe(at)}`, name, names),
      code: 'unknown-account',
    });
  } else if (platform !== undefined && account.platform !== platform) {
    const message = `the account "${name}" is on ${account.platform}, not on ${platform}`;
    source.report([...path, 'platform'], { code: 'test-event', message, fix: 'Remove platform.' });
  }
}

function toEvent(raw: RawEvent, expect: Expectation | null): TestEvent {
  const { text: written = '', is_reply: isReply = false } = raw;
  return {
    wait: orNull(raw.wait),
    kind: kindOf(raw),
    platform: raw.platform ?? null,
    account: raw.account ?? null,
    text: written,
    at: raw.at === undefined ? null : Date.parse(raw.at),
    contact: toContact(raw.contact ?? {}),
    post: raw.post ?? null,
    isReply,
    isOwn: raw.from === 'account',
    decidedAfter: orNull(raw.decided_after) ?? 0,
    expect,
  };
}

function kindOf({ kind, on, post, is_reply: isReply }: RawEvent): EventKind {
  return kind ?? on ?? (post !== undefined || isReply === true ? 'comment' : 'message');
}

function orNull(written: string | undefined): Millis | null {
  return written === undefined ? null : millis(written);
}

function toContact({ id, name, username }: NonNullable<RawEvent['contact']>): TestEvent['contact'] {
  return { id: id ?? null, name: name ?? null, username: username ?? null };
}
