import type { Finding } from '../domain/finding.js';
import { lintProject, loadProject, type Project } from '../project/project.js';
import { nextHolidays } from './calendar.js';
import { Exit } from './exit.js';
import { count, print, printJson, sayFindings, withNearPath, withPublicKeys } from './output.js';
import { createProgress } from './progress.js';
import type { CommonOptions } from './project.js';
import { toSarif } from './sarif.js';
import { version } from './version.js';

const HOLIDAYS_SHOWN = 3;

export interface CheckOptions extends CommonOptions {
  readonly strict?: boolean;
  readonly sarif?: boolean;
  readonly links?: boolean;
}

/** `check`: reports all errors and warnings of configuration and rules at once. */
export async function check(options: CheckOptions): Promise<void> {
  const project = await loadProject(options.config, process.env);
  const findings = project.ok
    ? [...project.warnings, ...(await warningsOf(project.value, options))]
    : project.findings;
  const isBad = !project.ok || (options.strict === true && findings.length > 0);
  if (options.sarif) printJson(toSarif(findings, version()));
  else if (options.json)
    printJson({ ok: !isBad, findings: findings.map((each) => withPublicKeys(withNearPath(each))) });
  else if (findings.length > 0) sayFindings(findings);
  if (project.ok && !options.json && !options.sarif) {
    summary(project.value, options.config, findings.length === 0);
  }
  if (isBad) throw new Exit(1);
}

function summary({ config, rules, holidays }: Project, file: string, isFine: boolean): void {
  const enabled = rules.rules.filter((rule) => rule.enabled).length;
  print(
    `${file}: ${count(config.accounts.length, 'account')}, ${count(enabled, 'rule')}, ${count(rules.tests.length, 'test')}, mode ${config.mode}${isFine ? ': fine' : ''}`,
  );
  for (const calendar of config.calendars) {
    const next = nextHolidays(calendar, Date.now(), holidays, HOLIDAYS_SHOWN);
    if (next.length > 0) print(`calendar ${calendar.name}, next holidays: ${next.join(', ')}`);
  }
}

async function warningsOf(project: Project, { config, links }: CheckOptions): Promise<readonly Finding[]> {
  const found = await lintProject(project, config, process.env, Date.now());
  return links ? [...found, ...(await linkFindings(project))] : found;
}

async function linkFindings(project: Project): Promise<readonly Finding[]> {
  const { deadLinks } = await import('../lint/dead-link.js');
  const progress = createProgress('link');
  try {
    return await deadLinks(project, progress.at);
  } finally {
    progress.end();
  }
}
