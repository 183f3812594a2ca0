import { relative } from 'node:path';
import { type Difference, differs, grouped } from '../rehearsal/difference.js';
import { checkTemplate } from '../actions/compose/render.js';
import { rehearse, rehearseEvent } from '../rehearsal/rehearse.js';
import { runRuleTest } from '../rehearsal/rule-tests.js';
import { REASONS, type Reason } from '../domain/reason.js';
import type { Place, Rule } from '../domain/rule.js';
import { DAY, HOUR, type Instant } from '../domain/time.js';
import { createHistory } from '../rehearsal/history.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { checkKeyword } from '../engine/text/keywords.js';
import { holidaysOf } from '../project/project.js';
import { compileSet } from '../engine/rule-set.js';
import { parseRules } from '../rules/parse.js';
import type { Figure } from '../store/reports.js';
import { formatFinding } from '../yaml/frame.js';
import { exampleOf } from './example.js';
import type { Panel } from './panel.js';
import type { DiffView, RuleView, RulesView, TestsView, TryRequest, TryView } from './views.js';
import type { JournalRow } from '../store/ports/journal.js';

const DAYS = 7;
/** Number of journal events that pasted rules are tried on: as many as take a second or two. */
const REPLAYED = 5_000;
const PAGE = 500;
const EXAMPLES = 5;
/** Reasons that count as a reply. */
const ANSWERED: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow']);

export function rulesView(panel: Panel, figures: readonly Figure[]): RulesView {
  const today = Math.floor(panel.clock() / DAY) * DAY;
  const byRule = new Map<string, Figure[]>();
  for (const figure of figures) {
    if (figure.rule === null) continue;
    const known = byRule.get(figure.rule);
    if (known) known.push(figure);
    else byRule.set(figure.rule, [figure]);
  }
  const rules = panel.set().written.map((rule) => ruleView(rule, byRule.get(rule.id) ?? [], today, panel));
  return { rules, state: panel.rules(), today };
}

function ruleView(rule: Rule, figures: readonly Figure[], today: Instant, panel: Panel): RuleView {
  const { id, on, mode, place, keywords, actions } = rule;
  const days = Array.from({ length: DAYS }, () => 0);
  const skipped: Partial<Record<Reason, number>> = {};
  let replied = 0;
  for (const { hour, reason, n } of figures) {
    const day = DAYS - 1 - Math.floor((today + DAY - 1 - hour * HOUR) / DAY);
    if (day in days) days[day] = (days[day] ?? 0) + n;
    if (reason !== null && ANSWERED.has(reason)) replied += n;
    else if (reason !== null) skipped[reason] = (skipped[reason] ?? 0) + n;
  }
  return {
    id,
    on,
    mode,
    place: placeOf(place),
    scope: [...rule.platforms, ...rule.accounts].join(', '),
    keywords: keywords ? [...keywords.any, ...keywords.all] : [],
    answers: actions.map(({ type, reply }) => ({
      type,
      text: exampleOf(reply.texts[0] ?? '', rule, panel),
    })),
    days,
    replied,
    skipped,
  };
}

function placeOf({ file, line }: Place): string {
  return `${relative(process.cwd(), file)}:${line}`;
}

/** Runs the tests of the current rule files. */
export async function testsView(panel: Panel): Promise<TestsView> {
  const project = await panel.project();
  if (!project) return { tests: null };
  const { config, set, rules } = project;
  const tests = [];
  for (const test of rules.tests) {
    const { failures } = await runRuleTest(test, { config, set, now: panel.clock() });
    const named = test.events.flatMap(({ expect }) =>
      expect && !expect.silent && expect.rule !== null ? [expect.rule] : [],
    );
    tests.push({
      name: test.name,
      place: placeOf(test.place),
      rules: [...new Set(named)],
      failures,
    });
  }
  return { tests };
}

/** The decision of the active rules about a typed text, as for a new contact. */
export async function tryView(panel: Panel, { text, kind, account, at }: TryRequest): Promise<TryView> {
  const parts = { config: panel.config, set: panel.set(), history: createHistory(), everyRule: true };
  const { event, decision } = await rehearse({ text, kind, account, at }, 1, parts);
  return { event, decision, sentence: REASONS[decision.reason] };
}

/** The differences that the given rules would make for the latest events of the journal. */
export async function diffView(panel: Panel, text: string): Promise<DiffView> {
  const { config } = panel;
  const calendars = config.calendars.map(({ name }) => name);
  const parsed = parseRules(text, 'pasted.yaml', {
    accounts: config.accounts,
    calendars,
    checkTemplate,
    checkKeyword,
    allowHosts: config.webhooks.allowHosts,
  });
  if (!parsed.ok) {
    return { faults: parsed.findings.map((finding) => formatFinding(finding)), replayed: 0, groups: [] };
  }
  const pasted = compileSet(parsed.value.rules, config.calendars, await holidaysOf(config));
  const events = await latest(panel);
  const differences = await replayBoth(panel, pasted, events);
  const said = ({ actions }: Difference['before']) => actions.map((action) => action.text);
  return {
    faults: [],
    replayed: events.length,
    groups: grouped(differences).map(({ title, group }) => ({
      title,
      n: group.length,
      examples: group.slice(0, EXAMPLES).map((each) => {
        return { id: each.id, text: each.text, before: said(each.before), after: said(each.after) };
      }),
    })),
  };
}

/** Oldest first, without events that cannot be decided again, such as those emptied by `retention`. */
async function latest({ reports, config, clock }: Panel): Promise<readonly JournalRow[]> {
  const since = clock() - config.retention;
  const rows: JournalRow[] = [];
  let before: number | undefined;
  while (rows.length < REPLAYED) {
    const page = await reports.feed({ limit: PAGE, before });
    rows.push(
      ...page.filter(
        ({ event, reason }) => event.direction === 'incoming' && event.text !== '' && reason !== 'too_old',
      ),
    );
    before = page.at(-1)?.seq;
    if (page.length < PAGE || page.every(({ event }) => event.at < since)) break;
    // Yields so that the program continues meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows
    .slice(0, REPLAYED)
    .sort((a, b) => a.event.at - b.event.at || (a.event.id < b.event.id ? -1 : 1));
}

async function replayBoth(
  panel: Panel,
  pasted: CompiledSet,
  rows: readonly JournalRow[],
): Promise<readonly Difference[]> {
  const { config } = panel;
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  const before = { config, set: panel.set(), history: createHistory(), accounts };
  const after = { config, set: pasted, history: createHistory(), accounts };
  const differences: Difference[] = [];
  for (const [index, row] of rows.entries()) {
    const { event } = row;
    const [was, is] = [
      (await rehearseEvent(event, event.at, before)).decision,
      (await rehearseEvent(event, event.at, after)).decision,
    ];
    if (differs(was, is)) differences.push({ id: event.id, text: event.text, before: was, after: is });
    // Yields so that the program continues meanwhile.
    if (index % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  return differences;
}
