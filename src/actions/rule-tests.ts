import type { Config } from '../domain/config.js';
import type { Decision } from '../domain/decision.js';
import type { ActionType } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';
import { createHistory } from '../engine/history.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { compileRegex } from '../engine/text/regex.js';
import type { Expectation, RuleTest, TestEvent, TextExpectation } from '../rules/tests.js';
import { type Rehearsed, rehearse } from './rehearse.js';

export interface TestOutcome {
  readonly test: RuleTest;
  /** What was expected and what came instead, a sentence each; empty when the test passed. */
  readonly failures: readonly string[];
  /** The decision about the last event; null when an event could not be rehearsed. */
  readonly last: Rehearsed | null;
}

/** Runs a rule's test: its events in a row, in a history of their own. An event without a time happens at `now`. */
export async function runRuleTest(
  test: RuleTest,
  { config, set, now }: { readonly config: Config; readonly set: CompiledSet; readonly now: Instant },
): Promise<TestOutcome> {
  const history = createHistory();
  let last: Rehearsed | null = null;
  for (const [index, event] of test.events.entries()) {
    try {
      last = await rehearse(toRehearsal(event, now), index, { config, set, history });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { test, failures: [error.message], last: null };
    }
  }
  return { test, failures: last ? failuresOf(test.expect, last.decision) : ['the test has no event'], last };
}

function toRehearsal(event: TestEvent, now: Instant) {
  const { id, name, username } = event.contact;
  return {
    kind: event.kind,
    platform: event.platform ?? undefined,
    account: event.account ?? undefined,
    text: event.text,
    at: event.at ?? now,
    // Events of one test are one person's, unless they say otherwise.
    contact: {
      id: id ?? username ?? name ?? 'contact',
      name: name ?? undefined,
      username: username ?? undefined,
    },
    post: event.post ?? undefined,
    isReply: event.isReply,
  };
}

function failuresOf(expect: Expectation, decision: Decision): string[] {
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
  return failures;
}

/** Naming a rule means that it acts, unless a reason is expected as well. */
function ruleFailures(rule: string, reason: string | null, decision: Decision): string[] {
  if (decision.rule !== rule)
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
    ...(equals === null || text === equals ? [] : [`expected the ${type} ${JSON.stringify(equals)}, ${got}`]),
    ...(contains === null || text.includes(contains)
      ? []
      : [`expected the ${type} to contain ${JSON.stringify(contains)}, ${got}`]),
    ...(matches === null || finds(matches, text) ? [] : [`expected the ${type} to match ${matches}, ${got}`]),
  ];
}

/** What the first rule says that answers so; the parts of a text that several sends hold, a line each. */
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
