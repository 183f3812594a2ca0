import type { EventKind, Platform } from '../domain/event.js';
import { isReason, REASONS, type Reason } from '../domain/reason.js';
import { ACTION_TYPES, type ActionType, type Place } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';
import { unknownName } from '../yaml/issues.js';
import type { Path, YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import type { RawEvent, RawTest, RawTextExpectation } from './test-schema.js';

/** An event of a test. What is null is left to whoever runs it. */
export interface TestEvent {
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
}

/** What is asked of a text; null asks nothing. `matches` is a regular expression of the rules' own kind. */
export interface TextExpectation {
  readonly equals: string | null;
  readonly contains: string | null;
  readonly matches: string | null;
}

/** What the decision about the last event shall be: nothing sent, or what is named here. */
export type Expectation =
  | { readonly silent: true }
  | {
      readonly silent: false;
      readonly rule: string | null;
      readonly reason: Reason | null;
      readonly texts: Readonly<Partial<Record<ActionType, TextExpectation>>>;
    };

/** A test of the rules, from the `tests` section of a rule file. */
export interface RuleTest {
  readonly name: string;
  /** At least one, decided in this order; the expectation is about the last. */
  readonly events: readonly TestEvent[];
  readonly expect: Expectation;
  readonly place: Place;
}

/** Turns a test that has the right shape into what runs it. What makes no sense is reported to the source. */
export function toTest(source: YamlSource, path: Path, raw: RawTest, context: RuleContext): RuleTest {
  if ((raw.event === undefined) === (raw.events === undefined)) {
    const message = 'a test needs `event`, or `events` for several in a row, and not both';
    source.report(path, { code: 'test-event', message, mend: 'Write event: { text: "…" }.' });
  }
  const events = raw.events ?? (raw.event === undefined ? [] : [raw.event]);
  events.forEach((event, index) => {
    checkEvent(
      source,
      raw.events === undefined ? [...path, 'event'] : [...path, 'events', index],
      event,
      context,
    );
  });
  return {
    name: raw.name,
    events: events.map(toEvent),
    expect: toExpectation(source, [...path, 'expect'], raw.expect, context),
    place: source.place(path),
  };
}

/** Reports a test that expects a rule that does not exist. Asked once all files are read. */
export function checkExpectedRule(
  source: YamlSource,
  path: Path,
  test: RuleTest,
  ids: ReadonlySet<string>,
): void {
  if (test.expect.silent || test.expect.rule === null || ids.has(test.expect.rule)) return;
  const at = [...path, 'expect', 'rule'];
  source.report(at, unknownName(`rule: ${source.describe(at)}`, test.expect.rule, [...ids]));
}

function checkEvent(source: YamlSource, path: Path, event: RawEvent, context: RuleContext): void {
  const { account: name, platform, kind, on } = event;
  if (kind !== undefined && on !== undefined && kind !== on) {
    const mend = 'Keep one of the two.';
    source.report([...path, 'on'], {
      code: 'test-event',
      message: '`kind` and `on` say different things',
      mend,
    });
  }
  if ((kind ?? on) === 'message' && (event.post !== undefined || event.is_reply === true)) {
    const message = 'a message stands under no post and answers no comment';
    source.report(path, {
      code: 'test-event',
      message,
      mend: 'Write kind: comment, or remove post and is_reply.',
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
    source.report([...path, 'platform'], { code: 'test-event', message, mend: 'Remove platform.' });
  }
}

function toEvent(raw: RawEvent): TestEvent {
  const isComment = raw.post !== undefined || raw.is_reply === true;
  return {
    kind: raw.kind ?? raw.on ?? (isComment ? 'comment' : 'message'),
    platform: raw.platform ?? null,
    account: raw.account ?? null,
    text: raw.text,
    at: raw.at === undefined ? null : Date.parse(raw.at),
    contact: toContact(raw.contact ?? {}),
    post: raw.post ?? null,
    isReply: raw.is_reply ?? false,
  };
}

function toContact({ id, name, username }: NonNullable<RawEvent['contact']>): TestEvent['contact'] {
  return { id: id ?? null, name: name ?? null, username: username ?? null };
}

function toExpectation(
  source: YamlSource,
  path: Path,
  raw: RawTest['expect'],
  context: RuleContext,
): Expectation {
  if (raw === 'silent') return { silent: true };
  if (Object.keys(raw).length === 0) {
    const mend = 'Write silent, or { rule: … }, or { reply: "…" }.';
    source.report(path, { code: 'test-expect', message: 'this test expects nothing', mend });
  }
  const texts: Partial<Record<ActionType, TextExpectation>> = {};
  for (const type of ACTION_TYPES) {
    const expected = raw[type];
    if (expected !== undefined) texts[type] = toTextExpectation(source, [...path, type], expected, context);
  }
  return {
    silent: false,
    rule: raw.rule ?? null,
    reason: toReason(source, [...path, 'reason'], raw.reason),
    texts,
  };
}

function toReason(source: YamlSource, path: Path, name: string | undefined): Reason | null {
  if (name === undefined) return null;
  if (isReason(name)) return name;
  source.report(path, unknownName(`reason: ${source.describe(path)}`, name, Object.keys(REASONS)));
  return null;
}

function toTextExpectation(
  source: YamlSource,
  path: Path,
  raw: RawTextExpectation,
  context: RuleContext,
): TextExpectation {
  if (typeof raw === 'string') return { equals: raw, contains: null, matches: null };
  const { equals = null, contains = null, matches = null } = raw;
  if (equals === null && contains === null && matches === null) {
    const mend = 'Write { contains: "…" }, { equals: "…" } or { matches: "…" }.';
    source.report(path, { code: 'test-expect', message: 'nothing is asked of this text', mend });
  }
  const options = { match: 'regex', typos: 0, caseSensitive: true, accents: true } as const;
  const problem = matches === null ? null : context.checkKeyword(matches, options);
  if (problem !== null)
    source.report([...path, 'matches'], { code: 'bad-keyword', message: `matches: ${problem}` });
  return { equals, contains, matches };
}
