import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { coverageOf } from '../rehearsal/coverage.js';
import { runRuleTest, type TestOutcome } from '../rehearsal/rule-tests.js';
import { compileSet } from '../engine/rule-set.js';
import { type Project, readRules } from '../project/project.js';
import { changes } from '../project/watch.js';
import { coverageJson, coverageText } from './coverage-text.js';
import { Exit } from './exit.js';
import { type TimedOutcome, toJunit } from './junit.js';
import { nearPath, print, printJson, say, sayFindings } from './output.js';
import { type CommonOptions, projectFiles, projectsOf } from './project.js';
import { traceText } from './trace-text.js';

export interface TestOptions extends CommonOptions {
  readonly watch?: boolean;
  readonly junit?: string;
  readonly coverage?: boolean;
}

/**
 * `test`: runs the tests of the rule files; with FILES only theirs, against the whole rule set that they
 * belong to.
 */
export async function test(files: readonly string[], options: TestOptions): Promise<void> {
  if (options.watch !== true) return runOnce(files, options);
  const watching = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => watching.abort());
  const again = async (): Promise<void> => {
    try {
      await runOnce(files, options);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      if (error.message !== '') say(`autoresponder: ${error.message}`);
    }
    say(pc.dim('waiting for a change; Ctrl-C stops'));
  };
  const looks = changes(() => [...projectFiles(options), ...files], { signal: watching.signal });
  // Started before the first run, so that a change during it is noticed.
  let change = looks.next();
  await again();
  for (; (await change).done !== true; change = looks.next()) await again();
}

async function runOnce(files: readonly string[], options: TestOptions): Promise<void> {
  const suites = await suitesOf(files, await projectsOf(options));
  const outcomes: TimedOutcome[] = [];
  for (const { workspace, config, set, tests } of suites) {
    if (workspace !== null && tests.length > 0 && !options.json) print(pc.dim(`workspace ${workspace}`));
    for (const each of tests) {
      const began = performance.now();
      const outcome = await runRuleTest(each, { config, set, now: Date.now() });
      outcomes.push({ ...outcome, workspace, took: performance.now() - began });
      if (options.json) printJson(toJson(outcome, workspace));
      else report(outcome);
    }
  }
  if (options.junit !== undefined) writeFileSync(options.junit, toJunit(outcomes));
  const failed = outcomes.filter((outcome) => outcome.failures.length > 0).length;
  if (outcomes.length === 0)
    throw new Exit(1, 'there are no tests; fix: write some under `tests:` in a rule file');
  if (!options.json) print(`${outcomes.length - failed} passed, ${failed} failed`);
  await showCoverage(suites, outcomes, options);
  if (failed > 0) throw new Exit(1);
}

type Suite = Pick<Project, 'config' | 'set' | 'holidays'> & {
  /** Name of the workspace; null if there is only one. */
  readonly workspace: string | null;
  readonly tests: Project['rules']['tests'];
  /** The rules to report coverage for. */
  readonly rules: Project['rules']['rules'];
};

/**
 * A file that belongs to the rules of a workspace is tested with all of them, in each workspace that has it; any other
 * file is a rule set by itself.
 */
async function suitesOf(
  files: readonly string[],
  projects: readonly [Project, ...Project[]],
): Promise<readonly Suite[]> {
  const nameOf = ({ config }: Project) => (projects.length === 1 ? null : config.workspace);
  if (files.length === 0)
    return projects.map((each) => ({ ...each, ...each.rules, workspace: nameOf(each) }));
  const wanted = new Set(files.map((file) => resolve(file)));
  const isWanted = ({ place }: { place: { file: string } }) => wanted.has(resolve(place.file));
  const own = projects.map((each): Suite => ({
    ...each,
    workspace: nameOf(each),
    tests: each.rules.tests.filter(isWanted),
    rules: each.rules.rules.filter(isWanted),
  }));
  const known = new Set(
    projects.flatMap(({ rules }) => [...rules.rules, ...rules.tests].map(({ place }) => resolve(place.file))),
  );
  const others = files.filter((file) => !known.has(resolve(file)));
  return [...own, ...(await Promise.all(others.map((file) => suiteOf(file, projects[0]))))];
}

async function suiteOf(file: string, { config }: Project): Promise<Suite> {
  const loaded = await readRules({ ...config, rulesPath: resolve(file) });
  if (!loaded.ok) {
    sayFindings(loaded.findings);
    throw new Exit(1);
  }
  const { set, holidays, rules } = loaded.value;
  return { workspace: null, config, set, holidays, ...rules };
}

async function showCoverage(
  suites: readonly Suite[],
  outcomes: readonly TestOutcome[],
  { json, coverage }: TestOptions,
): Promise<void> {
  if (json && !coverage) return;
  const rehearsed = outcomes.flatMap((outcome) => outcome.rehearsed);
  const covered = await Promise.all(
    suites.map(({ config, holidays, rules }) =>
      coverageOf(rules, rehearsed, (changed) => compileSet(changed, config.calendars, holidays)),
    ),
  );
  if (json) printJson({ coverage: coverageJson(covered.flat()) });
  else print(coverageText(covered.flat(), coverage === true));
}

function report({ test: { name, place }, failures, last }: TestOutcome): void {
  if (failures.length === 0) return print(`${pc.green('✓')} ${name}`);
  print(`${pc.red('✗')} ${name}  ${pc.dim(`${nearPath(place.file)}:${place.line}`)}`);
  for (const failure of failures) print(`    ${failure}`);
  if (last) print(traceText(last.event, last.decision).replaceAll(/^/gmu, '    '));
}

function toJson({ test: { name, place }, failures, last }: TestOutcome, workspace: string | null) {
  return {
    ...(workspace === null ? {} : { workspace }),
    name,
    file: nearPath(place.file),
    line: place.line,
    passed: failures.length === 0,
    failures,
    decision: last?.decision ?? null,
  };
}
