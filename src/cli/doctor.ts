import pc from 'picocolors';
import { runRuleTest } from '../rehearsal/rule-tests.js';
import { examine, examineBudgets } from '../doctor/blotato.js';
import { type Diagnosis, doubtful, fine, wrong } from '../doctor/diagnosis.js';
import type { Config } from '../domain/config.js';
import { lineOf as lineOfFinding } from '../domain/finding.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import { plain } from '../domain/terminal.js';
import { compileProject, lintProject, loadProjects, type Project } from '../project/project.js';
import { apiClient } from './api-client.js';
import { checkNotify } from './doctor-notify.js';
import { checkStore } from './doctor-store.js';
import { installationOf } from './installation.js';
import { Exit } from './exit.js';
import { asCalled, count, print, printJson, sayFindings, withPublicKeys } from './output.js';
import type { CommonOptions } from './project.js';

/** A result of the check, with its workspace where there are several. */
type Found = Diagnosis & { readonly workspace?: string };

/**
 * `doctor`: checks everything the program depends on, of each workspace, and prints each result as soon as it is
 * known. Sends nothing.
 */
export async function doctor(options: CommonOptions): Promise<void> {
  const read = await loadProjects(options.config, process.env, options.workspace);
  const faults = read.ok ? read.broken.flatMap(({ findings }) => findings) : read.findings;
  if (!read.ok) {
    sayFindings(faults);
    throw new Exit(1);
  }
  const isOne = read.value.length + read.broken.length === 1;
  const found: Found[] = [];
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    for (const each of read.value) {
      if (stopping.signal.aborted) break;
      const { workspace } = each.config;
      if (!isOne && !options.json)
        print(`${found.length > 0 ? '\n' : ''}workspace ${pc.bold(plain(workspace))}`);
      await examineProject(await compileProject(each), options.config, stopping.signal, (diagnosis) => {
        found.push(isOne ? diagnosis : { workspace, ...diagnosis });
        if (!options.json) print(lineOf(diagnosis));
      });
    }
  } finally {
    process.off('SIGINT', stop);
  }
  if (faults.length > 0) sayFindings(faults);
  found.push(...read.broken.map(aboutBroken));
  const isBad = found.some(({ state }) => state === 'error');
  if (options.json) printJson({ ok: !isBad, findings: found.map(withPublicKeys) });
  else print(`\n${verdictOf(found)}`);
  if (isBad) throw new Exit(1);
}

/** The result of a workspace that is not checked further; its errors are printed in full besides. */
function aboutBroken({ workspace, findings }: BrokenWorkspace): Found {
  const [first] = findings.filter(({ severity }) => severity === 'error');
  const message = first ? lineOfFinding(first) : 'it has errors';
  return { workspace, ...wrong('configuration', message, '`autoresponder check` shows all errors.') };
}

type Tell = (diagnosis: Diagnosis) => void;

async function examineProject(
  project: Project,
  file: string,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  const { config, rules } = project;
  for (const diagnosis of await aboutRules(project, file)) tell(diagnosis);
  tell(examineBudgets(config));
  const { diagnoses, known } = await checkStore(config);
  for (const diagnosis of diagnoses) tell(diagnosis);
  tell(await aboutProgram(config, file));
  for (const diagnosis of await checkNotify(config)) tell(diagnosis);
  const client = apiClient(config.blotato, config.throttle.readsPerMinute);
  try {
    for await (const diagnosis of examine({ config, rules: rules.rules, known, client }, signal))
      tell(diagnosis);
  } finally {
    await client.close();
  }
}

/** The last line: hints do not keep anything from working, but are not passed over either. */
function verdictOf(found: readonly Diagnosis[]): string {
  const bad = found.filter(({ state }) => state === 'error').length;
  const hints = found.filter(({ state }) => state === 'warning').length;
  const also = hints === 0 ? '' : `; ${count(hints, 'hint')} above, marked with !`;
  return bad === 0 ? `Nothing is wrong${also}.` : `${count(bad, 'problem')} to fix${also}.`;
}

async function aboutRules(project: Project, file: string): Promise<readonly Diagnosis[]> {
  const { config, set, rules } = project;
  const now = Date.now();
  const warnings = await lintProject(project, file, process.env, now);
  const failed = [];
  for (const test of rules.tests) {
    const { failures } = await runRuleTest(test, { config, set, now });
    if (failures.length > 0) failed.push(test.name);
  }
  const size = `${count(set.written.length, 'rule')}, mode ${config.mode}`;
  return [
    warnings.length === 0
      ? fine('rules', size)
      : doubtful(
          'rules',
          `${size}; ${count(warnings.length, 'warning')}`,
          '`autoresponder check` shows them.',
        ),
    failed.length === 0
      ? fine('tests', `${count(rules.tests.length, 'test')} passed`)
      : wrong(
          'tests',
          `failed: ${failed.join(', ')}`,
          '`autoresponder test` shows expected and actual results.',
        ),
  ];
}

async function aboutProgram(config: Config, file: string): Promise<Diagnosis> {
  const found = await installationOf(config, { config: file }).catch(() => null);
  const { rules = null, workers = null } = found ?? {};
  if (rules === null || workers?.length === 0) return fine('program', 'not running');
  const { problem } = rules;
  const on = workers === null ? '' : `, on ${count(workers.length, 'worker')}`;
  return problem
    ? wrong(
        'program',
        `running with older rules: ${problem.faults.join('; ')}`,
        'Fix the file: it is reloaded at once.',
      )
    : fine('program', `running with ${count(rules.rules, 'rule')}${on}`);
}

const MARKS = { fine: pc.green('✓'), warning: pc.yellow('!'), error: pc.red('✗') } as const;

function lineOf({ about, state, message, fix }: Diagnosis): string {
  return `${MARKS[state]} ${pc.bold(about)}: ${plain(message)}${fix === null ? '' : `\n    fix: ${asCalled(plain(fix))}`}`;
}
