import { join, relative, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import pc from 'picocolors';
import { type Difference, differs } from '../rehearsal/difference.js';
import type { Config } from '../domain/config.js';
import { type Decision, NO_TRACE } from '../domain/decision.js';
import type { Rule } from '../domain/rule.js';
import { type CompiledSet, compileSet } from '../engine/rule-set.js';
import { createHistory, keepsTexts } from '../rehearsal/history.js';
import { type Project, readRules } from '../project/project.js';
import { readText } from '../yaml/read.js';
import { plain } from '../domain/terminal.js';
import { Exit } from './exit.js';
import { count, createJsonLines, print, say, sayFindings } from './output.js';
import { durationOf } from './parse.js';
import { createProgress } from './progress.js';
import { type CommonOptions, projectOf, withReader } from './project.js';
import { diffText } from './replay-diff.js';
import { paintReason } from './trace-text.js';
import { eventsOfFile } from './replay-file.js';
import { eventsOfJournal } from './replay-journal.js';
import { createReplayer, type Replayer } from './replayer.js';
import type { ReplayedEvent, ReplayedEvents } from './replayed-event.js';
import { shorten } from './shorten.js';

export interface ReplayOptions extends CommonOptions {
  readonly input?: string;
  readonly since?: string;
  readonly against?: string;
  readonly failOnChange?: boolean;
}

/** Up to this number of events, each gets a line of its own. */
const LISTED_EVENTS = 50;
const TEXT_SHOWN = 60;

/**
 * `replay`: decides about many events as one history, with the current rules, or with two rule sets side by
 * side.
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const { input, since, against, failOnChange } = options;
  if ((input === undefined) === (since === undefined)) {
    throw new Exit(
      1,
      `${input === undefined ? 'no events are given' : '--input and --since exclude each other'}; fix: give --input FILE for the events of a file, or --since 30d for those of the journal`,
    );
  }
  if (failOnChange && against === undefined)
    throw new Exit(1, '--fail-on-change needs --against; fix: name the rules to compare with');
  const project = await projectOf(options);
  const work = (events: ReplayedEvents) =>
    against === undefined
      ? tellAll(events, project, options)
      : compare(events, project, { ...options, against });
  if (input !== undefined) return work(eventsOfFile(input, project.config));
  const from = Date.now() - durationOf('--since', since ?? '');
  await withReader(options, (store, config) => work(eventsOfJournal(store, config, from)));
}

async function tellAll(events: ReplayedEvents, project: Project, { json }: ReplayOptions): Promise<void> {
  const { config } = project;
  const set = json ? withLiveExamples(project) : project.set;
  const parts = { config, set, history: createHistory({}, keepsTexts(config, set)) };
  const reasons = new Map<string, number>();
  const rules = new Map<string, number>();
  const lines: (string | undefined)[] = [];
  const output = createJsonLines();
  const replayer = createReplayer(parts, (place, { id, event: { text } }, decision) => {
    if (json) return output.add(toLine(id, decision));
    if (place < LISTED_EVENTS) lines[place] = eventLines(id, text, decision);
    tally(reasons, decision.reason);
    for (const rule of new Set(decision.actions.map((action) => action.rule))) tally(rules, rule);
  });
  const done = await takeAll(events, [replayer]).finally(output.flush);
  if (json) return;
  if (done > 0 && done <= LISTED_EVENTS) print(`${lines.join('\n')}\n`);
  summary(reasons, rules);
}

/**
 * The rules with their examples in live mode: rules with examples start in shadow mode, and a comparison would
 * not show what they would do.
 */
function withLiveExamples({ config, rules, set, holidays }: Project): CompiledSet {
  if (!set.written.some(({ examples }) => examples !== undefined)) return set;
  return compileSet(rules.rules.map(asLive), config.calendars, holidays);
}

function asLive(rule: Rule): Rule {
  return rule.examples ? { ...rule, mode: 'live', examples: { ...rule.examples, mode: 'live' } } : rule;
}

function eventLines(id: string, text: string, { rule, reason, actions, detail }: Decision): string {
  const why = detail === null ? '' : pc.dim(` (${shorten(detail, TEXT_SHOWN)})`);
  const by = rule === null ? '' : ` by ${plain(rule)}`;
  return [
    `${pc.dim(plain(id))}  ${JSON.stringify(shorten(text, TEXT_SHOWN))}  ${paintReason(reason)}${by}${why}`,
    ...actions.map((action) => `    ${action.type}: ${JSON.stringify(shorten(action.text, TEXT_SHOWN))}`),
  ].join('\n');
}

/** Decides with the rules of `against` as before and with those of the configuration as after. */
async function compare(
  events: ReplayedEvents,
  { config, set }: Project,
  { against, json, failOnChange, ...options }: ReplayOptions & { readonly against: string },
): Promise<void> {
  const output = createJsonLines();
  const differences: Difference[] = [];
  const half = new Map<number, Decision>();
  /** If messages wait (`settle`), either of the two decisions about an event may come first. */
  const counterpart = (place: number, decision: Decision): Decision | undefined => {
    const known = half.get(place);
    if (known) half.delete(place);
    else half.set(place, decision);
    return known;
  };
  const pair = ({ id, event: { text } }: ReplayedEvent, was: Decision, is: Decision): void => {
    if (!differs(was, is)) return;
    // A hundred thousand traces would fill the memory.
    differences.push({ id, text, before: { ...was, trace: NO_TRACE }, after: { ...is, trace: NO_TRACE } });
    if (json) output.add({ ...toLine(id, is), before: toLine(id, was) });
  };
  const other = await otherSide(config, against, options);
  const before = createReplayer(
    { ...other, history: createHistory({}, keepsTexts(other.config, other.set)) },
    (place, event, was) => {
      const is = counterpart(place, was);
      if (is) pair(event, was, is);
    },
  );
  const after = createReplayer(
    { config, set, history: createHistory({}, keepsTexts(config, set)) },
    (place, event, is) => {
      const was = counterpart(place, is);
      if (was) pair(event, was, is);
    },
  );
  const done = await takeAll(events, [before, after]).finally(output.flush);
  const isWhole = other.config !== config;
  const own = relative('', isWhole ? options.config : config.rulesPath);
  if (!json) print(diffText(differences, done, `${against} → ${own}`));
  if (!json && !isWhole && config.calendars.length > 0) {
    const file = relative('', options.config);
    say(
      `both sides use the calendars of ${file}; to compare calendars as well, give --against a copy of that file`,
    );
  }
  if (failOnChange && differences.length > 0) throw new Exit(1);
}

/**
 * Share by which the heap may grow until it is collected again, in percent. V8's own choice is up to four times, which took
 * a million contacts from 260 to 830 MB; with 7 %, collections took an eighth of the time.
 */
const HEAP_GROWTH = 15;
/** Number of events from which memory matters; the flag holds for the rest of the process. */
const MANY_EVENTS = 50_000;

/** Passes all events to each replayer in turn, with progress on a terminal. Returns the number of events. */
async function takeAll(events: ReplayedEvents, replayers: readonly Replayer[]): Promise<number> {
  const progress = createProgress('event');
  let done = 0;
  for await (const portion of events) {
    for (const event of portion) {
      for (const replayer of replayers) await replayer.take(done, event);
      progress.at((done += 1));
      if (done === MANY_EVENTS) setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
    }
  }
  for (const replayer of replayers) await replayer.rest();
  progress.end();
  return done;
}

type Side = Pick<Project, 'config' | 'set'>;

/** The other side of a comparison: a configuration, or the one of a folder, with its rules; or rules that use this one. */
async function otherSide(config: Config, path: string, { workspace }: CommonOptions): Promise<Side> {
  const other = [path, join(path, 'config.yaml')].find(isConfig);
  if (other !== undefined) return projectOf({ config: other, ...(workspace !== undefined && { workspace }) });
  const loaded = await readRules({ ...config, rulesPath: resolve(path) });
  if (loaded.ok) return { config, set: loaded.value.set };
  sayFindings(loaded.findings);
  throw new Exit(1, 'the rules of --against have errors; fix: correct them, see above');
}

/** True for a configuration, which alone has `accounts` at its top. */
function isConfig(path: string): boolean {
  const text = readText(path, '');
  return text.ok && /^["']?accounts["']?\s*:/mu.test(text.value);
}

function toLine(id: string, { rule, reason, actions }: Decision) {
  const said = actions.map(({ type, text, language }) => {
    return { type, text, ...(language && { language: language.language }) };
  });
  return { id, rule, actions: said, reason };
}

function tally(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function summary(reasons: ReadonlyMap<string, number>, rules: ReadonlyMap<string, number>): void {
  const rows = (counts: ReadonlyMap<string, number>) =>
    [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${String(n).padStart(7)}  ${name}`);
  const total = [...reasons.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) say('no events: the input is empty');
  print(
    [`${count(total, 'event')} by reason`, ...rows(reasons), 'replies by rule', ...rows(rules)].join('\n'),
  );
}
