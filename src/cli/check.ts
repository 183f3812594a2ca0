import { resolve } from 'node:path';
import { withoutKeys } from '../config/keyless.js';
import { pointInConfig as pointIn } from '../config/places.js';
import { workspacesFolder } from '../config/workspaces-folder.js';
import { unreadFolders } from '../yaml/read.js';
import { type Finding, lineOf } from '../domain/finding.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { createSharedWarnings } from '../lint/shared.js';
import { compileProject, lintProject, loadProjects, type Project } from '../project/project.js';
import type { Environment } from '../yaml/interpolate.js';
import { nextHolidays } from './calendar.js';
import { Exit } from './exit.js';
import { count, print, printJson, sayFindings, withNearPath, withPublicKeys } from './output.js';
import { createProgress } from './progress.js';
import { type CommonOptions, projectFiles } from './project.js';
import { toSarif } from './sarif.js';
import { version } from './version.js';

const HOLIDAYS_SHOWN = 3;

export interface CheckOptions extends CommonOptions {
  readonly strict?: boolean;
  readonly sarif?: boolean;
  readonly links?: boolean;
}

/** `check`: reports all errors and warnings of configuration and rules at once, of all workspaces. */
export async function check(options: CheckOptions): Promise<void> {
  const { findings, summary } = await checked(options);
  const isFaulty = findings.some(({ severity }) => severity === 'error');
  const isBad = isFaulty || (options.strict === true && findings.length > 0);
  if (options.sarif) printJson(toSarif(findings, version()));
  else if (options.json)
    printJson({ ok: !isBad, findings: findings.map((each) => withPublicKeys(withNearPath(each))) });
  else {
    if (findings.length > 0) sayFindings(findings);
    for (const line of summary) print(line);
  }
  if (isBad) throw new Exit(1);
}

interface CheckResult {
  readonly findings: readonly Finding[];
  /** Lines about what was checked; empty if the workspace has errors. */
  readonly summary: readonly string[];
}

async function checked({ config: file, workspace, links }: CheckOptions): Promise<CheckResult> {
  const env = withoutKeys(file, process.env);
  const read = await loadProjects(file, env, workspace);
  if (!read.ok) return { findings: read.findings, summary: [] };
  const isOnly = read.value.length + read.broken.length === 1;
  const warnings = createSharedWarnings();
  const projects: Project[] = [];
  for (const each of read.value) {
    const project = await compileProject(each);
    const pointInConfig = pointIn(file, env, project.config.workspace);
    const found = await warningsOf(project, { file, env, links });
    if (pointInConfig) warnings.add({ ...project, pointInConfig }, found);
    projects.push(project);
  }
  const unread = unreadOf(projects, { file, folder: workspacesFolder(file, env) });
  const all = [
    ...read.warnings,
    ...unread,
    ...read.broken.flatMap((each) => each.findings),
    ...warnings.all(),
  ];
  // Workspaces with shared rules have the same findings about them.
  const findings = [...new Map(all.map((finding) => [lineOf(finding), finding])).values()];
  const fine = findings.length === 0 ? ': fine' : '';
  const nameOf = (name: string): string => (name === ONLY_WORKSPACE ? file : `workspace ${name}`);
  const summary = projects.flatMap((each) =>
    summaryOf(each, nameOf(each.config.workspace), isOnly ? fine : ''),
  );
  const bad = read.broken.map((each) => each.workspace).join(', ');
  const state = bad === '' ? fine : `, errors in ${bad}`;
  const total = isOnly
    ? []
    : [`${file}: ${count(projects.length + read.broken.length, 'workspace')}${state}`];
  return { findings, summary: [...summary, ...total] };
}

/** Warnings about folders inside those of rules and workspaces, unless the configuration names them. */
function unreadOf(
  projects: readonly Project[],
  { file, folder }: { readonly file: string; readonly folder: string | null },
): readonly Finding[] {
  const paths = projects.map(({ config }) => config.rulesPath);
  const known = projectFiles({ config: file });
  return [...new Set(folder === null ? paths : [...paths, resolve(folder)])].flatMap((each) =>
    unreadFolders(each, known),
  );
}

function summaryOf({ config, rules, holidays }: Project, what: string, fine: string): readonly string[] {
  const enabled = rules.rules.filter((rule) => rule.enabled).length;
  const counts = [
    count(config.accounts.length, 'account'),
    count(enabled, 'rule'),
    count(rules.tests.length, 'test'),
  ];
  const calendars = config.calendars.flatMap((calendar) => {
    const next = nextHolidays(calendar, Date.now(), holidays, HOLIDAYS_SHOWN);
    return next.length === 0 ? [] : [`calendar ${calendar.name}, next holidays: ${next.join(', ')}`];
  });
  return [`${what}: ${counts.join(', ')}, mode ${config.mode}${fine}`, ...calendars];
}

async function warningsOf(
  project: Project,
  {
    file,
    env,
    links = false,
  }: { readonly file: string; readonly env: Environment; readonly links?: boolean | undefined },
): Promise<readonly Finding[]> {
  const found = await lintProject(project, file, env, Date.now());
  return links ? [...found, ...(await linkFindings(project))] : found;
}

async function linkFindings(project: Project): Promise<readonly Finding[]> {
  const { deadLinks } = await import('../lint/dead-link.js');
  const { linkFaults } = await import('../actions/work/links.js');
  const { allowHosts } = project.config.webhooks;
  const progress = createProgress('link');
  try {
    return await deadLinks(project, async (urls) => linkFaults(urls, { allowHosts, onLink: progress.at }));
  } finally {
    progress.end();
  }
}
