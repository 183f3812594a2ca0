import { resolve } from 'node:path';
import pc from 'picocolors';
import { runRuleTest, type TestOutcome } from '../actions/rule-tests.js';
import type { Config } from '../domain/config.js';
import { readRules } from '../project.js';
import { Exit } from './exit.js';
import { nearPath, print, printJson, sayFindings } from './output.js';
import { type CommonOptions, projectOf } from './project.js';
import { traceText } from './trace-text.js';

/** `test`: runs the tests of the rule files; with FILES only theirs, against the whole rule set that they belong to. */
export async function test(files: readonly string[], options: CommonOptions): Promise<void> {
  const project = await projectOf(options);
  const outcomes: TestOutcome[] = [];
  for (const { config, set, tests } of await suites(files, project)) {
    for (const each of tests) {
      const outcome = await runRuleTest(each, { config, set, now: Date.now() });
      outcomes.push(outcome);
      if (options.json) printJson(toJson(outcome));
      else report(outcome);
    }
  }
  const failed = outcomes.filter((outcome) => outcome.failures.length > 0).length;
  if (outcomes.length === 0)
    throw new Exit(1, 'there are no tests; write some under `tests:` in a rule file');
  if (!options.json) print(`${outcomes.length - failed} passed, ${failed} failed`);
  if (failed > 0) throw new Exit(1);
}

type LoadedProject = Awaited<ReturnType<typeof projectOf>>;

/** A file that the configuration's rules include is tested with all of them; any other is a rule set of its own. */
async function suites(files: readonly string[], { config, rules, set }: LoadedProject) {
  if (files.length === 0) return [{ config, set, tests: rules.tests }];
  const known = new Set([...rules.rules, ...rules.tests].map(({ place }) => resolve(place.file)));
  const wanted = new Set(files.map((file) => resolve(file)));
  const own = rules.tests.filter(({ place }) => wanted.has(resolve(place.file)));
  const others = files.filter((file) => !known.has(resolve(file)));
  return [{ config, set, tests: own }, ...(await Promise.all(others.map((file) => suiteOf(file, config))))];
}

async function suiteOf(file: string, config: Config) {
  const loaded = await readRules({ ...config, rulesPath: resolve(file) });
  if (!loaded.ok) {
    sayFindings(loaded.findings);
    throw new Exit(1);
  }
  return { config, set: loaded.value.set, tests: loaded.value.rules.tests };
}

function report({ test: { name, place }, failures, last }: TestOutcome): void {
  if (failures.length === 0) return print(`${pc.green('✓')} ${name}`);
  print(`${pc.red('✗')} ${name}  ${pc.dim(`${nearPath(place.file)}:${place.line}`)}`);
  for (const failure of failures) print(`    ${failure}`);
  if (last) print(traceText(last.event, last.decision).replaceAll(/^/gmu, '    '));
}

function toJson({ test: { name, place }, failures, last }: TestOutcome) {
  return {
    name,
    file: nearPath(place.file),
    line: place.line,
    passed: failures.length === 0,
    failures,
    decision: last?.decision ?? null,
  };
}
