import { groupBy } from '../domain/group.js';
import { basename } from 'node:path';
import { rehearse } from '../rehearsal/rehearse.js';
import { REASONS, type Reason } from '../domain/reason.js';
import type { Rule } from '../domain/rule.js';
import { DAY, HOUR, type Instant } from '../domain/time.js';
import { createHistory } from '../rehearsal/history.js';
import type { RuleText } from '../rules/load.js';
import type { Figure } from '../store/ports/reports.js';
import { formatFinding } from '../yaml/frame.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { exampleOf } from './example.js';
import { judgeAside } from './judge-aside.js';
import { placeOf, type RulesJob } from './judge-rules.js';
import type { Panel } from './panel.js';
import type { DiffView, RuleView, RulesView, TestsView, TryRequest, TryView } from './views.js';
import type { JournalRow } from '../store/ports/journal.js';

const DAYS = 7;
/** Number of journal events that pasted rules are tried on, which takes a second or two. */
const REPLAYED = 5_000;
const PAGE = 500;
/** Reasons that count as a reply. */
const ANSWERED: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow']);

export function rulesView(panel: Panel, figures: readonly Figure[]): RulesView {
  const today = Math.floor(panel.clock() / DAY) * DAY;
  const byRule = groupBy(figures, ({ rule }) => rule);
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
    file: basename(place.file),
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

/** Runs the tests of the current rule files. */
export async function testsView(panel: Panel): Promise<TestsView> {
  const { tests } = await judgeAside(jobOf(panel, ruleTexts(panel), { runTests: true }));
  return { tests };
}

/** The decision of the active rules about a typed text, as for a new contact. */
export async function tryView(panel: Panel, { text, kind, account, at }: TryRequest): Promise<TryView> {
  const parts = { config: panel.config, set: panel.set(), history: createHistory(), everyRule: true };
  const { event, decision } = await rehearse({ text, kind, account, at }, 1, parts);
  return { event, decision, sentence: REASONS[decision.reason] };
}

/** The differences that the given rules, in place of all active ones, would make for the latest events. */
export async function diffView(panel: Panel, text: string): Promise<DiffView> {
  const job = jobOf(panel, [{ file: 'pasted.yaml', text }], { replay: await replayOf(panel) });
  const { findings, diff } = await judgeAside(job);
  return diff === null
    ? { faults: findings.map((finding) => formatFinding(finding)), replayed: 0, groups: [] }
    : { ...diff, faults: [] };
}

/** A job about rule files of the panel's workspace. */
export function jobOf(
  { config, clock, variables, tables }: Panel,
  texts: readonly RuleText[],
  wanted: Partial<Pick<RulesJob, 'runTests' | 'replay'>>,
): RulesJob {
  return {
    config,
    variables,
    texts,
    tables: addressesOf(tables()),
    now: clock(),
    runTests: false,
    replay: null,
    ...wanted,
  };
}

function addressesOf(tables: ReturnType<Panel['tables']>): RulesJob['tables'] {
  return tables.flatMap(({ name, text, key }) => (key === null ? [] : [[name, text] as const]));
}

/** The rule files as they are now; those that cannot be read are left out. */
export function ruleTexts({ config }: Panel): readonly RuleText[] {
  const files = listYamlFiles(config.rulesPath, '');
  return (files.ok ? files.value : []).flatMap((file) => {
    const text = readText(file, '');
    return text.ok ? [{ file, text: text.value }] : [];
  });
}

/**
 * The latest events of the journal since a time, to be decided again by other rules. @default all stored
 * events
 */
export async function replayOf(panel: Panel, since?: Instant): Promise<NonNullable<RulesJob['replay']>> {
  const rows = await latest(panel, since ?? panel.clock() - panel.config.retention);
  return { before: panel.set().rules.map(({ rule }) => rule), events: rows.map(({ event }) => event) };
}

/**
 * Returns the latest events, oldest first, without events that cannot be decided again, such as those emptied
 * by `retention`.
 */
async function latest({ reports }: Panel, since: Instant): Promise<readonly JournalRow[]> {
  const rows: JournalRow[] = [];
  let before: number | undefined;
  while (rows.length < REPLAYED) {
    const page = await reports.feed({ limit: PAGE, before });
    rows.push(
      ...page.filter(
        ({ event, reason }) =>
          event.at >= since && event.direction === 'incoming' && event.text !== '' && reason !== 'too_old',
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
