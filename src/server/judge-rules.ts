import { relative } from 'node:path';
import { checkTemplate } from '../actions/compose/render.js';
import type { Config } from '../domain/config.js';
import type { InboundEvent } from '../domain/event.js';
import type { Finding } from '../domain/finding.js';
import type { Place, Rule } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';
import { type CompiledSet, compileSet } from '../engine/rule-set.js';
import { checkKeyword } from '../engine/text/keywords.js';
import { holidaysOf } from '../project/project.js';
import { createTableLog, isAddress, tableSource } from '../project/table-source.js';
import { type Difference, differs, grouped } from '../rehearsal/difference.js';
import { createHistory, keepsTexts } from '../rehearsal/history.js';
import { rehearseEvent } from '../rehearsal/rehearse.js';
import { runRuleTest } from '../rehearsal/rule-tests.js';
import { parseTexts, type RuleText } from '../rules/load.js';
import type { RuleTest } from '../rules/tests.js';
import type { DiffView, TestsView } from './views.js';

/**
 * A job for the rules thread: texts of rule files, and the requested checks. Sent to the thread as plain
 * data.
 */
export interface RulesJob {
  readonly config: Config;
  /** Names of the environment variables. */
  readonly variables: readonly string[];
  readonly texts: readonly RuleText[];
  /** FAQ tables at addresses, keyed by address; tables in files are read by the job. */
  readonly tables: readonly (readonly [address: string, text: string])[];
  readonly now: Instant;
  readonly runTests: boolean;
  /** Events to decide by both rule sets, oldest first; null for no replay. */
  readonly replay: { readonly before: readonly Rule[]; readonly events: readonly InboundEvent[] } | null;
}

/** Result of checking, testing and replaying rules. */
export interface RulesReport {
  readonly findings: readonly Finding[];
  /** Rules that are switched off in the files. */
  readonly off: readonly { readonly id: string; readonly place: Place }[];
  /** Results of the tests; null if the rules have errors, or if no tests were requested. */
  readonly tests: TestsView['tests'];
  /** Differences of the replay; null if the rules have errors, or if no replay was requested. */
  readonly diff: Omit<DiffView, 'faults'> | null;
}

const EXAMPLES = 5;

/** Checks, tests and replays rules. */
export async function judgeRules(job: RulesJob): Promise<RulesReport> {
  const { config, texts, now, runTests, replay } = job;
  const variables = new Set(job.variables);
  const tableOf = tableSource(config, new Map(), createTableLog(), new Map(job.tables));
  const read = parseTexts(texts, {
    tableOf,
    accounts: config.accounts,
    calendars: config.calendars.map(({ name }) => name),
    checkTemplate,
    checkKeyword,
    allowHosts: config.webhooks.allowHosts,
    hasVariable: (name) => variables.has(name),
  });
  if (!read.ok) return { findings: read.findings, off: [], tests: null, diff: null };
  const { rules, tests } = read.value;
  const holidays = await holidaysOf(config);
  const set = compileSet(rules, config.calendars, holidays);
  const before = replay && compileSet(replay.before, config.calendars, holidays);
  return {
    findings: read.warnings,
    off: rules.flatMap(({ id, place, enabled }) => (enabled ? [] : [{ id, place }])),
    tests: runTests ? await outcomes(tests, { config, set, now }) : null,
    diff: replay && before ? await compare(config, { before, after: set }, replay.events) : null,
  };
}

async function outcomes(
  tests: readonly RuleTest[],
  parts: { readonly config: Config; readonly set: CompiledSet; readonly now: Instant },
): Promise<NonNullable<TestsView['tests']>> {
  const views = [];
  for (const test of tests) {
    const { failures } = await runRuleTest(test, parts);
    const named = test.events.flatMap(({ expect }) =>
      expect && !expect.silent && expect.rule !== null ? [expect.rule] : [],
    );
    views.push({ name: test.name, place: placeOf(test.place), rules: [...new Set(named)], failures });
  }
  return views;
}

/** Formats a place as `file:line`, relative to the working folder. */
export function placeOf({ file, line }: Place): string {
  return `${shownFile(file)}:${line}`;
}

/** Cache by file, of which many rules have the same: ten thousand of these took a tenth of the page. */
const shownFiles = new Map<string, string>();

function shownFile(file: string): string {
  const known = shownFiles.get(file) ?? (isAddress(file) ? file : relative(process.cwd(), file));
  shownFiles.set(file, known);
  return known;
}

async function compare(
  config: Config,
  sets: { readonly before: CompiledSet; readonly after: CompiledSet },
  events: readonly InboundEvent[],
): Promise<Omit<DiffView, 'faults'>> {
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  const [before, after] = [sets.before, sets.after].map((set) => {
    return { config, set, history: createHistory({}, keepsTexts(config, set)), accounts };
  });
  const differences: Difference[] = [];
  for (const [index, event] of events.entries()) {
    if (!before || !after) break;
    const was = (await rehearseEvent(event, event.at, before)).decision;
    const is = (await rehearseEvent(event, event.at, after)).decision;
    if (differs(was, is)) differences.push({ id: event.id, text: event.text, before: was, after: is });
    // Yields to the event loop, so that the program continues meanwhile even if the job runs without a
    // thread.
    if (index % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  const said = ({ actions }: Difference['before']) => actions.map((action) => action.text);
  const groups = grouped(differences).map(({ title, group }) => {
    const examples = group.slice(0, EXAMPLES).map((each) => {
      return { id: each.id, text: each.text, before: said(each.before), after: said(each.after) };
    });
    return { title, n: group.length, examples };
  });
  return { replayed: events.length, groups };
}
